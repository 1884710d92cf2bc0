// What waits, as the reader sees it: new cases come in, done ones go, and nothing moves under the hand.
import type { CaseRow } from '@/api/types'

export interface Waiting {
  row: CaseRow
  /** No longer waiting: stays in its place, dimmed, until the hand is away. */
  gone: boolean
  /** Came in while the list was open. */
  fresh: boolean
}

type Key = Pick<CaseRow, 'id' | 'due_at'>
/** The server's order: most urgent first, then by id. */
export function before(a: Key, b: Key): boolean {
  const [x, y] = [dueAt(a), dueAt(b)]
  return x === y ? a.id < b.id : x < y
}
const dueAt = (it: Key) => (it.due_at ? Date.parse(it.due_at) : Infinity)

/**
 * The list after it was read again. `latest` is the server's beginning of it, `whole` whether that is all of it. While
 * `hold` is on, nothing is put in or taken out: what would come in is counted.
 */
export function merge(shown: Waiting[], latest: CaseRow[], options: { whole: boolean; hold: boolean; keep: string }): { rows: Waiting[]; held: number } {
  const { whole, hold, keep } = options
  const byId = new Map(latest.map((row) => [row.id, row]))
  const last = latest.at(-1)
  const rows: Waiting[] = []
  for (const old of shown) {
    const now = byId.get(old.row.id)
    if (now) rows.push({ ...old, row: now, gone: false })
    else if (!old.gone && !whole && last && before(last, old.row)) rows.push(old)
    else if (hold || old.row.id === keep) rows.push({ ...old, gone: true })
  }
  const known = new Set(shown.map((it) => it.row.id))
  const come = latest.filter((row) => !known.has(row.id))
  if (hold && shown.length) return { rows, held: come.length }
  for (const row of come) {
    const at = rows.findIndex((it) => before(row, it.row))
    rows.splice(at < 0 ? rows.length : at, 0, { row, gone: false, fresh: shown.length > 0 })
  }
  return { rows, held: 0 }
}
