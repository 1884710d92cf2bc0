// Each number leads to the list that counts it.
import { expect, test } from 'vitest'
import { into, listOf } from './links'

const span = { from: '2026-11-01', to: '2026-11-25' }

test('a number leads to the cases that it counts', () => {
  const town = { by: 'town' as const, code: '321012001', under: '', span }
  expect(listOf('reported', town)).toEqual({ path: '/cases', query: { ...span, area: '321012001' } })
  expect(listOf('on_time_rate', { ...town, by: 'body', code: 'D01', under: '321012001' })).toEqual({
    path: '/cases',
    query: { ...span, state: 'closed', late: 'false', area: '321012001', body: 'D01' },
  })
  expect(listOf('filed', { by: 'month', code: '2026-11', under: '', span: { from: '2026-01-01', to: '2026-11-25' } })).toEqual({
    path: '/cases',
    query: { ...span, filed: 'true' },
  })
})

test('what no list can name leads nowhere', () => {
  expect(listOf('dispatched', { by: 'body', code: 'D01', under: '', span })).toBeUndefined()
  expect(listOf('reported', { by: 'class', code: '', under: '', span })).toBeUndefined()
})

test('a town leads to its villages and a month to its towns', () => {
  expect(into({ by: 'town', code: '321012001', under: '', span }, { period: 'month' })).toEqual({
    path: '/figures',
    query: { period: 'month', by: 'village', under: '321012001' },
  })
  expect(into({ by: 'month', code: '2026-10', under: '', span: { from: '2026-01-01', to: '2026-11-25' } }, {})).toEqual({
    path: '/figures',
    query: { by: 'town', period: 'custom', from: '2026-10-01', to: '2026-10-31' },
  })
})
