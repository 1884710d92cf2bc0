// What the server is asked for what stands in the address.
import { expect, test } from 'vitest'
import { asked, FILTERS, type Filters, OPEN, pickOf } from './filters'

const none = Object.fromEntries(FILTERS.map((it) => [it, ''])) as Filters

test('only what is set is asked, and yes and no as such', () => {
  expect(asked(none)).toEqual({})
  expect(asked({ ...none, text: '井盖', late: 'false', filed: 'true', rated: 'perhaps' })).toEqual({ text: '井盖', late: false, filed: true })
})

test('the cases of one component are asked for by its code', () => {
  expect(asked({ ...none, component: '3209990101000042' })).toEqual({ component: '3209990101000042' })
})

test('a usual filter is known by state and light together', () => {
  expect(pickOf(none)).toBe('all')
  expect(pickOf({ ...none, state: OPEN.join(',') })).toBe('open')
  expect(pickOf({ ...none, light: 'red', area: '320101001' })).toBe('late')
  expect(pickOf({ ...none, state: 'closed', light: 'red' })).toBe('')
})
