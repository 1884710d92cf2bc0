// Filters kept in the address, so that a list can be linked to and the browser's back button works.
import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/**
 * One ref per name; '' when absent. Writing replaces the address.
 *
 *     const { text, role } = useQuery('text', 'role')
 */
export function useQuery<const N extends string>(...names: N[]): Record<N, WritableComputedRef<string>> {
  const route = useRoute()
  const router = useRouter()
  // The page, not the address: one that opens a record beside its list changes the address and keeps its filters.
  const page = route.matched.at(-1)?.path
  let pending: Record<string, string | undefined> | undefined
  const write = (name: string, value: string) => {
    // Several filters set in one go are one step.
    if (!pending) {
      pending = { ...(route.query as Record<string, string>) }
      queueMicrotask(() => {
        const query = Object.fromEntries(Object.entries(pending!).filter(([, v]) => v))
        pending = undefined
        if (route.matched.at(-1)?.path === page) void router.replace({ query })
      })
    }
    pending[name] = value || undefined
  }
  return Object.fromEntries(
    names.map((name) => [
      name,
      computed({
        get: () => {
          const value = route.query[name]
          return (Array.isArray(value) ? value[0] : value) ?? ''
        },
        set: (value: string) => write(name, value ?? ''),
      }),
    ]),
  ) as Record<N, WritableComputedRef<string>>
}
