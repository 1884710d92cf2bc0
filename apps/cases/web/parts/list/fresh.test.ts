// What counts as news in a list that is being read.
import { expect, test } from 'vitest'
import type { CaseRow } from '@/api/types'
import { compare } from './fresh'

const row = (id: string, version = 1) => ({ id, version }) as CaseRow
const ids = (rows: CaseRow[]) => rows.map((it) => `${it.id}${it.version}`).join(' ')

test('rows change where they stand, and new ones are counted and not shown', () => {
  const { rows, fresh, gone } = compare([row('b'), row('a')], [row('d'), row('c'), row('b', 2), row('a')])
  expect(ids(rows)).toBe('b2 a1')
  expect(fresh).toBe(2)
  expect(gone.size).toBe(0)
})

test('rows that only moved up are no news, and those that left are told', () => {
  const { rows, fresh, gone } = compare([row('c'), row('b'), row('a')], [row('c'), row('a'), row('z')])
  expect(ids(rows)).toBe('c1 b1 a1')
  expect(fresh).toBe(0)
  expect([...gone]).toEqual(['b'])
})

test('an empty list has news when something comes', () => {
  expect(compare([], [row('a')]).fresh).toBe(1)
})
