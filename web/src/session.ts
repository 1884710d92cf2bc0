// Who is logged in, and what they may do.
import { computed, ref, shallowRef } from 'vue'
import { api, ask } from './api/client'
import { ProblemError } from './api/problem'
import type { Me } from './api/types'

const me = shallowRef<Me | null>(null)
const asked = ref(false)
const allowed = computed(() => new Set(me.value?.permissions))

/** May the user do this? Several permissions mean any of them; none means everyone. */
export function can(needs?: string | string[]): boolean {
  if (!needs || needs.length === 0) return true
  return (Array.isArray(needs) ? needs : [needs]).some((p) => allowed.value.has(p))
}

export function useSession() {
  return { me, can }
}

/** Asks the server once who this is; null when nobody. */
export async function loadSession(): Promise<Me | null> {
  if (asked.value) return me.value
  try {
    me.value = await ask(api.GET('/api/session'))
  } catch (thrown) {
    if (ProblemError.from(thrown).status !== 401) throw thrown
    me.value = null
  }
  asked.value = true
  return me.value
}

/** Asks again who this is: after a change of the account itself. */
export async function renewSession(): Promise<void> {
  me.value = await ask(api.GET('/api/session'))
}

export async function logIn(login: string, password: string): Promise<Me> {
  const answer = await ask(api.POST('/api/session', { body: { login, password } }))
  me.value = answer
  asked.value = true
  return answer
}

export async function logOut(): Promise<void> {
  await api.DELETE('/api/session').catch(() => {})
  forgetSession()
}

/** The server says the session is over. */
export function forgetSession() {
  me.value = null
  asked.value = true
}
