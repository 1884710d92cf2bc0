// Nothing moves under the hand: what a list does with news while it is held and while it is not.
import { describe, expect, it } from 'vitest'
import type { CaseRow } from '@/api/types'
import { merge, type Waiting } from './merge'

const row = (id: string, hour: number) => ({ id, due_at: `2026-03-01T${String(hour).padStart(2, '0')}:00:00Z` }) as CaseRow
const shown = (...rows: CaseRow[]): Waiting[] => rows.map((it) => ({ row: it, gone: false, fresh: false }))
const ids = (rows: Waiting[]) => rows.map((it) => it.row.id + (it.gone ? ' gone' : '') + (it.fresh ? ' fresh' : '')).join(', ')
const free = { whole: true, hold: false, keep: '' }

describe('merge', () => {
  it('puts a new case in its place by due time', () => {
    const { rows, held } = merge(shown(row('a', 1), row('c', 3)), [row('a', 1), row('b', 2), row('c', 3)], free)
    expect(ids(rows)).toBe('a, b fresh, c')
    expect(held).toBe(0)
  })
  it('moves nothing while it is held, and counts what waits outside', () => {
    const { rows, held } = merge(shown(row('b', 2), row('c', 3)), [row('a', 1), row('c', 3)], { ...free, hold: true })
    expect(ids(rows)).toBe('b gone, c')
    expect(held).toBe(1)
  })
  it('takes done cases out, but never the one being read', () => {
    const { rows } = merge(shown(row('a', 1), row('b', 2), row('c', 3)), [row('c', 3)], { ...free, keep: 'b' })
    expect(ids(rows)).toBe('b gone, c')
  })
  it('knows that a case beyond the part read again may still wait', () => {
    const { rows } = merge(shown(row('a', 1), row('b', 2), row('z', 20)), [row('a', 1), row('b', 2), row('c', 3)], { ...free, whole: false })
    expect(ids(rows)).toBe('a, b, c fresh, z')
  })
  it('takes back a case that waits again', () => {
    const gone = [{ row: row('a', 1), gone: true, fresh: false }]
    expect(ids(merge(gone, [row('a', 5)], free).rows)).toBe('a')
  })
  it('fills an empty list at once, even when held', () => {
    expect(ids(merge([], [row('a', 1)], { ...free, hold: true }).rows)).toBe('a')
  })
})
