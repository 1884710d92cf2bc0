// Periods end today, begin where people expect it, and are compared with as much time before.
import { expect, test } from 'vitest'
import { monthSpan, type Period, spanBefore, spanOf } from './period'

const none = { from: '', to: '' }
const both = (period: Period, today: string, custom = none) => {
  const span = spanOf(period, today, custom)
  const before = spanBefore(period, span)
  return [span.from, span.to, before.from, before.to].join(' ')
}

test('a week begins on Monday', () => {
  expect(both('week', '2026-11-25')).toBe('2026-11-23 2026-11-25 2026-11-16 2026-11-18')
  expect(both('week', '2026-11-29')).toBe('2026-11-23 2026-11-29 2026-11-16 2026-11-22')
  expect(both('week', '2026-11-23')).toBe('2026-11-23 2026-11-23 2026-11-16 2026-11-16')
})

test('a month is compared with as many days of the month before, as far as it has them', () => {
  expect(both('month', '2026-11-25')).toBe('2026-11-01 2026-11-25 2026-10-01 2026-10-25')
  expect(both('month', '2026-03-31')).toBe('2026-03-01 2026-03-31 2026-02-01 2026-02-28')
  expect(both('month', '2026-01-05')).toBe('2026-01-01 2026-01-05 2025-12-01 2025-12-05')
  expect(both('last_month', '2026-03-10')).toBe('2026-02-01 2026-02-28 2026-01-01 2026-01-31')
})

test('a year is compared up to the same day, and a free span with as many days right before it', () => {
  expect(both('year', '2028-02-29')).toBe('2028-01-01 2028-02-29 2027-01-01 2027-02-28')
  expect(both('custom', '2026-11-25', { from: '2026-11-01', to: '2026-11-10' })).toBe('2026-11-01 2026-11-10 2026-10-22 2026-10-31')
  expect(both('custom', '2026-11-25')).toBe('2026-10-27 2026-11-25 2026-09-27 2026-10-26')
})

test('a month of a span is cut where the span ends', () => {
  expect(monthSpan('2026-11', { from: '2026-01-15', to: '2026-11-25' })).toEqual({ from: '2026-11-01', to: '2026-11-25' })
  expect(monthSpan('2026-01', { from: '2026-01-15', to: '2026-11-25' })).toEqual({ from: '2026-01-15', to: '2026-01-31' })
})
