// @vitest-environment happy-dom
// Times and spans as people read them, in the district's zone whatever the computer's own is.
import { beforeAll, describe, expect, it, vi } from 'vitest'

vi.mock('../src/apps', () => ({ apps: [] }))
const { setLanguage } = await import('../src/i18n')
const { dayEdge, now, spanText, timeText } = await import('../src/parts/time')

beforeAll(() => setLanguage('zh'))

describe('timeText', () => {
  it('is short today, longer before', () => {
    now.value = Date.parse('2026-11-24T09:00:00Z')
    expect(timeText('2026-11-24T01:05:00Z')).toBe('今天 09:05')
    expect(timeText('2026-11-23T17:30:00Z')).toBe('今天 01:30')
    expect(timeText('2026-11-23T15:30:00Z')).toBe('11-23 23:30')
    expect(timeText('2025-11-23T15:30:00Z')).toBe('2025-11-23')
    expect(timeText('2026-11-24T01:05:09Z', 'full')).toBe('2026-11-24 09:05:09')
    expect(timeText('nonsense')).toBe('')
  })
})

describe('spanText', () => {
  it('names the two largest units', () => {
    expect(spanText(20)).toBe('1 分钟内')
    expect(spanText(59 * 60)).toBe('59 分钟')
    expect(spanText(3 * 3600)).toBe('3 小时')
    expect(spanText(3 * 3600 + 20 * 60)).toBe('3 小时 20 分')
    expect(spanText(26 * 3600)).toBe('1 天 2 小时')
    expect(spanText(12 * 86400 + 3600)).toBe('12 天')
  })
})

describe('dayEdge', () => {
  it('is the first and the last millisecond of the day in Shanghai', () => {
    expect(dayEdge('2026-11-24', 'start')).toBe('2026-11-23T16:00:00.000Z')
    expect(dayEdge('2026-11-24', 'end')).toBe('2026-11-24T15:59:59.999Z')
  })
})
