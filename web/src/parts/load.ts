// One thing read from the server: its value, and what to show meanwhile.
import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { ProblemError } from '../api/problem'

export interface Loaded<T> {
  value: ShallowRef<T | null>
  loading: Ref<boolean>
  problem: ShallowRef<ProblemError | null>
  /** Reads again; the old value stays on screen meanwhile. */
  reload: () => Promise<void>
}

/** `deps` is what the question depends on: when it changes, the old value is dropped and read anew. */
export function useLoad<T>(load: () => Promise<T>, deps?: Parameters<typeof watch>[0]): Loaded<T> {
  const value = shallowRef<T | null>(null)
  const loading = ref(false)
  const problem = shallowRef<ProblemError | null>(null)
  let turn = 0
  async function reload() {
    const mine = ++turn
    loading.value = true
    try {
      const answer = await load()
      if (mine !== turn) return
      value.value = answer
      problem.value = null
    } catch (thrown) {
      if (mine === turn) problem.value = ProblemError.from(thrown)
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  if (deps)
    watch(deps, () => {
      value.value = null
      void reload()
    })
  void reload()
  return { value, loading, problem, reload }
}
