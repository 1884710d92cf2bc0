// Where a number of the figures leads: to the very cases that it counts, where a list can name them.
import type { LocationQueryRaw, RouteLocationRaw } from 'vue-router'
import type { FigureRow } from '@/api/types'
import type { Span } from './period'
import { monthSpan } from './period'

export const GROUPS = ['town', 'village', 'body', 'class', 'month'] as const
export type Group = (typeof GROUPS)[number]
export type Measure = 'reported' | 'filed' | 'dispatched' | 'returned' | 'reworked' | 'handled' | 'closed' | 'declined' | 'voided'
export type Rate = 'closing_rate' | 'on_time_rate' | 'satisfaction_rate'

/** The counts that are shown. Who sees a body's cases alone, as its head does, sees dispatches and no reports. */
export const COUNTS: Record<'all' | 'body', Measure[]> = {
  all: ['reported', 'declined', 'filed', 'voided', 'closed'],
  body: ['dispatched', 'returned', 'reworked', 'handled', 'closed'],
}
export const RATES: Rate[] = ['closing_rate', 'on_time_rate', 'satisfaction_rate']
export const onlyOfBody = (total: Pick<FigureRow, 'reported' | 'dispatched'>) => total.reported === 0 && total.dispatched > 0

/** What the list is asked for besides group and period; a body's turns are events, which no list of cases counts. */
const ASKED: Partial<Record<Measure | Rate, LocationQueryRaw>> = {
  reported: {},
  filed: { filed: 'true' },
  closed: { state: 'closed' },
  declined: { state: 'declined' },
  voided: { state: 'voided' },
  closing_rate: { state: 'closed' },
  on_time_rate: { state: 'closed', late: 'false' },
  satisfaction_rate: { rated: 'true' },
}

export interface Place {
  by: Group
  /** The group's code; none for all together. */
  code?: string
  under: string
  span: Span
}

/** The list of cases behind a number; none if no list says the same. */
export function listOf(measure: Measure | Rate, { by, code, under, span }: Place): RouteLocationRaw | undefined {
  const asked = ASKED[measure]
  // A group without a code, as cases without a class, has no filter of its own.
  if (!asked || code === '') return undefined
  const days = by === 'month' && code ? monthSpan(code, span) : span
  const query: LocationQueryRaw = { ...asked, ...days }
  if (under) query.area = under
  if (code && (by === 'town' || by === 'village')) query.area = code
  if (code && by === 'body') query.body = code
  if (code && by === 'class') query.class = code
  return { path: '/cases', query }
}

/** What lies in a group: its villages, its months' towns, or its cases. */
export function into(place: Place & { code: string }, keep: LocationQueryRaw): RouteLocationRaw | undefined {
  const { by, code, span } = place
  if (by === 'town') return { path: '/figures', query: { ...keep, by: 'village', under: code } }
  if (by === 'month') return { path: '/figures', query: { ...keep, by: 'town', period: 'custom', ...monthSpan(code, span) } }
  return listOf('reported', place)
}
