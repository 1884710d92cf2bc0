// Times in words: always in the district's zone, in the user's language. One clock ticks for the whole page.
import { computed, ref } from 'vue'
import { i18n, language } from '../i18n'
import { timeZone } from '../meta'

/** Now, in ms, renewed twice a minute; reading it makes a text tick. */
export const now = ref(Date.now())
setInterval(() => (now.value = Date.now()), 30_000)
document.addEventListener('visibilitychange', () => (now.value = Date.now()))

const formats = computed(() => {
  const zone = { timeZone: timeZone.value, hourCycle: 'h23' as const }
  const tag = 'sv-SE' // ISO-like figures; the order year-month-day reads the same in both languages
  return {
    day: new Intl.DateTimeFormat(tag, { ...zone, year: 'numeric', month: '2-digit', day: '2-digit' }),
    clock: new Intl.DateTimeFormat(tag, { ...zone, hour: '2-digit', minute: '2-digit' }),
    full: new Intl.DateTimeFormat(tag, { ...zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  }
})

export type TimeForm = 'auto' | 'date' | 'time' | 'full'

/** auto: today only the clock, this year without the year, else the date. */
export function timeText(at: string | number | Date, form: TimeForm = 'auto'): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  const f = formats.value
  if (form === 'full') return f.full.format(date)
  const day = f.day.format(date)
  if (form === 'date') return day
  const clock = f.clock.format(date)
  if (form === 'time') return clock
  const today = f.day.format(now.value)
  if (day === today) return language() === 'zh' ? `今天 ${clock}` : `today ${clock}`
  if (day.slice(0, 4) === today.slice(0, 4)) return `${day.slice(5)} ${clock}`
  return day
}

/** A length of time in its two largest units: "3天4小时", "3 d 4 h". */
export function spanText(seconds: number): string {
  const { t } = i18n.global
  const minutes = Math.max(0, Math.round(seconds / 60))
  if (minutes < 1) return t('time.underMinute')
  const d = Math.floor(minutes / 1440)
  const h = Math.floor((minutes % 1440) / 60)
  const m = minutes % 60
  if (d > 0) return h > 0 && d < 10 ? t('time.dh', { d, h }) : t('time.d', { d })
  if (h > 0) return m > 0 ? t('time.hm', { h, m }) : t('time.h', { h })
  return t('time.m', { m })
}

/** The start or end of a day in the district's zone as the instant the server wants; `day` is YYYY-MM-DD. */
export function dayEdge(day: string, edge: 'start' | 'end'): string {
  // The zone's distance from UTC on that day, read off the zone itself: right through summer time too.
  const guess = new Date(`${day}T00:00:00Z`)
  const shown = formats.value.full.format(guess).replace(' ', 'T')
  const offset = new Date(`${shown}Z`).getTime() - guess.getTime()
  const start = guess.getTime() - offset
  return new Date(edge === 'start' ? start : start + 86_400_000 - 1).toISOString()
}
