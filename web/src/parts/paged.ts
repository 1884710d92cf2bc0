// A key-set paged list: the first page, "more", and what to show meanwhile.
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { ProblemError } from '../api/problem'
import type { Page } from '../api/types'

export interface PagedList<T> {
  items: Ref<T[]>
  /** Loading the first page (show a skeleton when there are no items yet). */
  loading: Ref<boolean>
  loadingMore: Ref<boolean>
  problem: Ref<ProblemError | null>
  hasMore: Ref<boolean>
  /** First page again; keeps the old rows on screen until the new ones are here. */
  reload: () => Promise<void>
  /** Reads again as many rows as are shown, without a flicker: for live news. */
  refresh: () => Promise<void>
  more: () => Promise<void>
}

/**
 * Asks on until a page is full: a search for words looks through so many cases at a time, and may find nothing among them.
 * `current` says whether anybody still waits for the answer.
 */
export async function filled<T>(ask: (after: string | undefined, limit: number) => Promise<Page<T>>, after: string | undefined, limit: number, current: () => boolean): Promise<Page<T>> {
  const page = await ask(after, limit)
  while (page.next && page.items.length < limit && current()) {
    const more = await ask(page.next, limit - page.items.length)
    page.items.push(...more.items)
    page.next = more.next
  }
  return page
}

/**
 * `load` asks for one page. `deps` is what the list depends on (filters): when it changes the list starts anew.
 *
 *     const list = usePaged((after) => ask(api.GET('/api/users', { params: { query: { text: text.value, after, limit: 50 } } })), text)
 */
export function usePaged<T>(load: (after: string | undefined, limit: number) => Promise<Page<T>>, deps?: Parameters<typeof watch>[0], limit = 50): PagedList<T> {
  const items = shallowRef<T[]>([]) as Ref<T[]>
  const next = ref<string | null>(null)
  const loading = ref(false)
  const loadingMore = ref(false)
  const problem = shallowRef<ProblemError | null>(null)
  let turn = 0

  async function start(size: number, quiet: boolean) {
    const mine = ++turn
    if (!quiet) loading.value = true
    problem.value = null
    try {
      const page = await load(undefined, size)
      // A slower answer to an older question is dropped.
      if (mine !== turn) return
      items.value = page.items
      next.value = page.next ?? null
    } catch (thrown) {
      if (mine !== turn) return
      problem.value = ProblemError.from(thrown)
      if (!quiet) items.value = []
    } finally {
      if (mine === turn) {
        loading.value = false
        loadingMore.value = false
      }
    }
  }

  async function more() {
    if (!next.value || loadingMore.value || loading.value) return
    const mine = turn
    loadingMore.value = true
    try {
      const page = await load(next.value, limit)
      if (mine !== turn) return
      items.value = [...items.value, ...page.items]
      next.value = page.next ?? null
    } catch (thrown) {
      if (mine === turn) problem.value = ProblemError.from(thrown)
    } finally {
      if (mine === turn) loadingMore.value = false
    }
  }

  const reload = () => start(limit, false)
  const refresh = () => start(Math.min(200, Math.max(limit, items.value.length)), true)
  if (deps) watch(deps, () => void reload(), { deep: true })
  void reload()
  return { items, loading, loadingMore, problem, hasMore: computed(() => next.value !== null), reload, refresh, more }
}
