// A burst of news is answered at once and then in company, and the last of it is never left unanswered.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { calm } from './calm'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('answers the first soon, a burst once more, and the last call always', () => {
  const action = vi.fn<() => void>()
  const soon = calm(action, 100, 1000)
  soon()
  vi.advanceTimersByTime(100)
  expect(action).toHaveBeenCalledTimes(1)
  for (let i = 0; i < 50; i++) {
    soon()
    vi.advanceTimersByTime(10)
  }
  expect(action).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1000)
  expect(action).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(5000)
  expect(action).toHaveBeenCalledTimes(2)
})
