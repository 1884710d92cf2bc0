// An import in two sendings of the same files: one that only looks, and one that writes what was looked at.
import { computed, ref, type Ref, shallowRef, watch, type WatchSource } from 'vue'
import { ProblemError } from '../api/problem'
import { postForm } from '../api/upload'

/**
 * `url` takes the files as `files` and the fields of `fields`, and writes with `?commit=true`. What was checked must be what is
 * imported: a change of the files or of what `fields` reads makes the check stale.
 */
export function useCheckedImport<T extends { committed: boolean }>(url: string, files: Ref<File[]>, fields: () => Record<string, string>, done: (answer: T) => void) {
  const state = ref<'choose' | 'sending' | 'checked' | 'done'>('choose')
  /** How much is sent. */
  const share = ref(0)
  const result = shallowRef<T | null>(null)
  const problem = shallowRef<ProblemError | null>(null)
  const stale = ref(false)
  const sources: WatchSource[] = [files, () => JSON.stringify(fields())]
  watch(sources, () => {
    if (state.value === 'checked') {
      stale.value = true
      state.value = 'choose'
      result.value = null
    }
    problem.value = null
  })
  async function send(commit: boolean) {
    const was = state.value
    state.value = 'sending'
    share.value = 0
    problem.value = null
    stale.value = false
    const form = new FormData()
    for (const [name, value] of Object.entries(fields())) if (value) form.append(name, value)
    for (const file of files.value) form.append('files', file, file.name)
    try {
      const answer = await postForm<T>(`${url}?commit=${commit}`, form, { onProgress: (it) => (share.value = it) })
      result.value = answer
      state.value = answer.committed ? 'done' : 'checked'
      if (answer.committed) done(answer)
    } catch (thrown) {
      problem.value = ProblemError.from(thrown)
      state.value = was
    }
  }
  function again() {
    files.value = []
    result.value = null
    state.value = 'choose'
  }
  const step = computed(() => (state.value === 'done' ? 3 : state.value === 'checked' ? 2 : files.value.length ? 1 : 0))
  return { state, share, result, problem, stale, step, send, again }
}
