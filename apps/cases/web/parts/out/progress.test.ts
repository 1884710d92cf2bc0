// How far an export is, and which month a bulletin begins with.
import { describe, expect, it } from 'vitest'
import { monthBefore } from './month'
import { percentOf } from './progress'

describe('how far an export is', () => {
  it('is told in per cent where lines can be counted', () => {
    expect(percentOf('csv', { lines: 500, rows: 1000 })).toBe(50)
    expect(percentOf('csv', { lines: 1200, rows: 1000 })).toBe(99)
  })
  it('is not guessed otherwise', () => {
    expect(percentOf('csv', { lines: 5 })).toBeUndefined()
    expect(percentOf('csv', { lines: 1, rows: 0 })).toBeUndefined()
    expect(percentOf('xlsx', { lines: 5, rows: 10 })).toBeUndefined()
  })
})

describe('the month before', () => {
  it('may lie in the year before', () => {
    expect(monthBefore('2026-01-31')).toBe('2025-12')
    expect(monthBefore('2026-12-01')).toBe('2026-11')
  })
})
