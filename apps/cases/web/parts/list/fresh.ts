// News for a list that one is reading: rows change where they stand, and nothing moves until one asks for it.
import { ref, shallowRef, watch } from 'vue'
import type { CaseRow, Page } from '@/api/types'
import { useLive } from '@/live'
import type { PagedList } from '@/parts'
import { calm } from '../calm'

const MOST = 200

export interface Compared {
  /** The rows as shown, each as it is now. */
  rows: CaseRow[]
  /** How many have come in among them. */
  fresh: number
  /** Those shown that the filters do not let through any more. */
  gone: Set<string>
}

/** Holds what is shown against the same list read again. */
export function compare(shown: CaseRow[], now: CaseRow[]): Compared {
  const current = new Map(now.map((row) => [row.id, row]))
  const known = new Set(shown.map((row) => row.id))
  // Rows behind the last one known have only moved up; they are not news.
  const last = now.findLastIndex((row) => known.has(row.id))
  const fresh = now.slice(0, shown.length ? last + 1 : undefined).filter((row) => !known.has(row.id)).length
  const seen = shown.slice(0, now.length)
  return {
    rows: shown.map((row) => current.get(row.id) ?? row),
    fresh,
    gone: new Set(seen.filter((row) => !current.has(row.id)).map((row) => row.id)),
  }
}

export function useFresh(list: PagedList<CaseRow>, load: (after: string | undefined, limit: number) => Promise<Page<CaseRow>>) {
  const fresh = ref(0)
  const gone = shallowRef(new Set<string>())

  async function look() {
    if (list.loading.value || list.loadingMore.value) return
    const shown = list.items.value
    const size = Math.min(MOST, Math.max(50, shown.length))
    try {
      const page = await load(undefined, size)
      // Another filter, or another page, came meanwhile: this answer is to an older question.
      if (list.items.value !== shown) return
      const compared = compare(shown, page.items)
      list.items.value = compared.rows
      fresh.value = compared.fresh
      gone.value = compared.gone
    } catch {
      // What is on screen stays; the next news, or the reader, asks again.
    }
  }
  function forget() {
    fresh.value = 0
    gone.value = new Set()
  }
  async function show() {
    forget()
    await list.refresh()
  }
  watch(list.loading, (is) => is && forget())
  const soon = calm(() => void look(), 1500)
  useLive(['cases.changed'], soon, soon)
  return { fresh, gone, show }
}
