// The periods that figures are asked for, as days of the district's calendar, and the same length of time before each.

export const PERIODS = ['week', 'month', 'last_month', 'year', 'custom'] as const
export type Period = (typeof PERIODS)[number]
/** Two days, YYYY-MM-DD, both included. */
export interface Span {
  from: string
  to: string
}

const DAY = 86_400_000
const at = (day: string) => new Date(`${day}T00:00:00Z`)
const text = (date: Date) => date.toISOString().slice(0, 10)
export const plusDays = (day: string, days: number) => text(new Date(at(day).getTime() + days * DAY))
const monthBefore = (day: string) => text(new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 2, 1)))
const monthEnd = (day: string) => text(new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)))

/** The days of a period, seen from today. A week begins on Monday. */
export function spanOf(period: Period, today: string, custom: Span): Span {
  switch (period) {
    case 'week':
      return { from: plusDays(today, -((at(today).getUTCDay() + 6) % 7)), to: today }
    case 'month':
      return { from: `${today.slice(0, 8)}01`, to: today }
    case 'last_month': {
      const from = monthBefore(today)
      return { from, to: monthEnd(from) }
    }
    case 'year':
      return { from: `${today.slice(0, 4)}-01-01`, to: today }
    case 'custom':
      return { from: custom.from || plusDays(custom.to || today, -29), to: custom.to || today }
  }
}

/** What a period is compared with: as far into the week, month or year before; else as many days right before it. */
export function spanBefore(period: Period, span: Span): Span {
  const end = (first: string, days: number) => plusDays(first, days)
  const days = Math.round((at(span.to).getTime() - at(span.from).getTime()) / DAY)
  switch (period) {
    case 'week':
      return { from: plusDays(span.from, -7), to: plusDays(span.to, -7) }
    case 'month': {
      const from = monthBefore(span.from)
      const to = end(from, days)
      return { from, to: to > monthEnd(from) ? monthEnd(from) : to }
    }
    case 'last_month': {
      const from = monthBefore(span.from)
      return { from, to: monthEnd(from) }
    }
    case 'year': {
      const year = String(Number(span.from.slice(0, 4)) - 1)
      // There is no 29 February in the year before a leap year.
      const to = span.to.endsWith('-02-29') ? `${year}-02-28` : year + span.to.slice(4)
      return { from: `${year}-01-01`, to }
    }
    case 'custom':
      return { from: plusDays(span.from, -days - 1), to: plusDays(span.from, -1) }
  }
}

/** The days of a month, YYYY-MM, as far as they lie in a span. */
export function monthSpan(month: string, within: Span): Span {
  const from = `${month}-01`
  const to = monthEnd(from)
  return { from: from < within.from ? within.from : from, to: to > within.to ? within.to : to }
}
