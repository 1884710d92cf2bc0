// A year as twelve months of weeks, Monday first: what each day is, for the picture.
import type { CalendarYear } from '@/api/types'

export interface Day {
  /** YYYY-MM-DD */
  day: string
  n: number
  what: 'work' | 'rest' | 'holiday' | 'makeup'
  own: boolean
  name: string
  nameEn: string
}

export interface Month {
  n: number
  /** Empty places before the 1st. */
  lead: number
  days: Day[]
}

const two = (n: number) => String(n).padStart(2, '0')

/** Each month of the year, with what the calendar says of its days. */
export function months(calendar: Pick<CalendarYear, 'year' | 'weekdays' | 'days'>): Month[] {
  const special = new Map(calendar.days.map((it) => [it.day, it]))
  return Array.from({ length: 12 }, (_, at) => {
    const month = at + 1
    const length = new Date(Date.UTC(calendar.year, month, 0)).getUTCDate()
    const days = Array.from({ length }, (_, before): Day => {
      const n = before + 1
      const day = `${calendar.year}-${two(month)}-${two(n)}`
      const it = special.get(day)
      const usual = calendar.weekdays.includes(weekday(day))
      const what = it ? (it.working ? (usual ? 'work' : 'makeup') : 'holiday') : usual ? 'work' : 'rest'
      return { day, n, what, own: it?.own ?? false, name: it?.name ?? '', nameEn: it?.name_en ?? '' }
    })
    return { n: month, lead: weekday(`${calendar.year}-${two(month)}-01`) - 1, days }
  })
}

/** 1 is Monday, 7 is Sunday. */
export function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

/** Days of the same name and kind that follow each other, as one: for the list beside the picture. */
export function spans(days: CalendarYear['days']): { from: string; to: string; first: CalendarYear['days'][number] }[] {
  const all: { from: string; to: string; first: CalendarYear['days'][number] }[] = []
  for (const it of days) {
    const last = all.at(-1)
    const next = last && new Date(Date.parse(`${last.to}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
    if (last && next === it.day && last.first.name === it.name && last.first.working === it.working && last.first.own === it.own) last.to = it.day
    else all.push({ from: it.day, to: it.day, first: it })
  }
  return all
}
