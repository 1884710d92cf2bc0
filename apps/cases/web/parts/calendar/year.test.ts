// The picture of a year: weeks, special days, and days that are told as one span.
import { expect, test } from 'vitest'
import { months, spans, weekday } from './year'

const off = (day: string, working = false, own = false) => ({ day, working, own, name: '国庆节', name_en: 'National Day' })
const calendar = { year: 2026, weekdays: [1, 2, 3, 4, 5], days: [off('2026-10-01'), off('2026-10-02'), off('2026-10-10', true), off('2026-10-12', false, true)] }

test('a year has its days in weeks that begin on Monday', () => {
  const year = months(calendar)
  expect(year.map((it) => it.days.length)).toEqual([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
  const october = year[9]!
  expect(october.lead).toBe(3)
  expect([1, 3, 5, 10, 12].map((n) => october.days[n - 1]!.what)).toEqual(['holiday', 'rest', 'work', 'makeup', 'holiday'])
  expect(october.days[11]!.own).toBe(true)
  expect(weekday('2026-11-29')).toBe(7)
  expect(months({ ...calendar, year: 2028 })[1]!.days.length).toBe(29)
})

test('days that follow each other are told as one span', () => {
  expect(spans(calendar.days).map((it) => [it.from, it.to])).toEqual([
    ['2026-10-01', '2026-10-02'],
    ['2026-10-10', '2026-10-10'],
    ['2026-10-12', '2026-10-12'],
  ])
})
