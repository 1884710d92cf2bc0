// The cases chosen for one move on all of them; kept while the list is paged, filtered or left for a case.
import { computed, shallowRef } from 'vue'
import type { CaseRow } from '@/api/types'

/** As many as the server takes at once. */
export const MOST = 200

const rows = shallowRef(new Map<string, CaseRow>())

export const selection = {
  rows: computed(() => [...rows.value.values()]),
  size: computed(() => rows.value.size),
  has: (id: string) => rows.value.has(id),
  toggle(row: CaseRow) {
    const next = new Map(rows.value)
    if (!next.delete(row.id) && next.size < MOST) next.set(row.id, row)
    rows.value = next
  },
  /** Adds as many as there is room for. */
  add(more: CaseRow[]) {
    const next = new Map(rows.value)
    for (const row of more) if (next.has(row.id) || next.size < MOST) next.set(row.id, row)
    rows.value = next
  },
  /** A row that is shown is newer than the one that was chosen: moves are made on what was seen last. */
  renew(shown: CaseRow[]) {
    const newer = shown.filter((row) => (rows.value.get(row.id)?.version ?? row.version) < row.version)
    if (newer.length) selection.add(newer)
  },
  drop(ids: string[]) {
    const next = new Map(rows.value)
    for (const id of ids) next.delete(id)
    rows.value = next
  },
  clear: () => (rows.value = new Map()),
}
