// The roles and permissions there are, read once for the pages about accounts.
import { computed, shallowRef } from 'vue'
import { api, ask } from '../../api/client'
import type { Role } from '../../api/types'
import { named } from '../../i18n'

const roles = shallowRef<Role[]>([])
let pending: Promise<void> | undefined

export function useRoles() {
  pending ??= ask(api.GET('/api/roles')).then(
    (all) => void (roles.value = all),
    () => void (pending = undefined),
  )
  const byCode = computed(() => new Map(roles.value.map((r) => [r.code, r])))
  const roleName = (code: string) => {
    const role = byCode.value.get(code)
    return role ? named(role) : code
  }
  return { roles, roleName }
}

/** After a role was changed. */
export function forgetRoles() {
  pending = undefined
}
