// What is chosen stays chosen, and no more than the server takes.
import { beforeEach, expect, test } from 'vitest'
import type { CaseRow } from '@/api/types'
import { MOST, selection } from './selection'

const row = (id: number, version = 1) => ({ id: `c${id}`, version }) as CaseRow
beforeEach(() => selection.clear())

test('a page more adds to what was chosen, up to the most', () => {
  selection.toggle(row(1))
  selection.add(Array.from({ length: MOST + 5 }, (_, n) => row(n)))
  expect(selection.size.value).toBe(MOST)
  selection.toggle(row(9999))
  expect(selection.has('c9999')).toBe(false)
  selection.toggle(row(1))
  expect(selection.has('c1')).toBe(false)
})

test('a chosen row that has moved on is chosen as it is shown now', () => {
  selection.add([row(1), row(2)])
  selection.renew([row(1, 4), row(3, 2)])
  expect(selection.rows.value.map((it) => it.version)).toEqual([4, 1])
})
