// Ids made in the browser are UUIDv7 and sort by time.
import { expect, it } from 'vitest'
import { newId } from '../src/api/ids'

it('is a UUIDv7 that carries its time', () => {
  const id = newId(0x0199_0000_abcd)
  expect(id).toMatch(/^01990000-abcd-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
it('never repeats and sorts by time', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => newId(1_700_000_000_000 + i))
  expect(new Set(ids).size).toBe(1000)
  expect(ids.toSorted()).toEqual(ids)
})
