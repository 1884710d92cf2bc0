// The filters of the list of cases: how they stand in the address, and what the server is asked.
import { reactive } from 'vue'
import type { CaseFilter, CaseSource, CaseState, Light } from '@/api/types'
import { useQuery } from '@/parts/query'

/** Each by its name in the address, which is its name on the wire. */
export const FILTERS = ['text', 'state', 'light', 'class', 'area', 'body', 'source', 'filed', 'late', 'rated', 'satisfaction', 'asked', 'appealed', 'reopened', 'helping', 'desk', 'component', 'from', 'to'] as const
export type FilterName = (typeof FILTERS)[number]
export type Filters = Record<FilterName, string>

export const OPEN: CaseState[] = ['reported', 'verifying', 'accepted', 'filed', 'dispatched', 'handling', 'suspended', 'handled', 'checking', 'checked']
export const STATES: CaseState[] = [...OPEN, 'closed', 'declined', 'voided']
export const SOURCES: CaseSource[] = ['worker', 'resident', 'hotline', 'department']
export const LIGHTS: Light[] = ['green', 'yellow', 'red']

/** The filters of this page, read from and written to the address. */
export function useFilters(): Filters {
  return reactive(useQuery(...FILTERS))
}

export function clearAll(filters: Filters) {
  for (const name of FILTERS) filters[name] = ''
}

const flag = (value: string) => (value === 'true' ? true : value === 'false' ? false : undefined)

/** What the server is asked; nothing is sent for what is not set. */
export function asked(filters: Readonly<Filters>): CaseFilter {
  const { filed, late, rated, appealed, reopened, helping, light, ...words } = filters
  const flags = { filed: flag(filed), late: flag(late), rated: flag(rated), appealed: flag(appealed), reopened: flag(reopened), helping: flag(helping) }
  const all = { ...words, light: light as Light, ...flags } as CaseFilter
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '' && value !== undefined))
}

/** What a centre looks for besides: each is one filter and its value. */
export const SPECIAL = {
  extension: ['asked', 'extension'],
  suspension: ['asked', 'suspension'],
  appeal: ['asked', 'appeal'],
  dissatisfied: ['satisfaction', 'dissatisfied'],
  reopened: ['reopened', 'true'],
  appealed: ['appealed', 'true'],
  helping: ['helping', 'true'],
} as const satisfies Record<string, readonly [FilterName, string]>
export type Special = keyof typeof SPECIAL

/** The filters that people use most, as sets of state and light. */
export const PICKS = {
  all: { state: '', light: '' },
  open: { state: OPEN.join(','), light: '' },
  late: { state: '', light: 'red' },
  closed: { state: 'closed', light: '' },
} as const
export type Pick = keyof typeof PICKS

/** Which of them is set; none if state and light were chosen otherwise. */
export function pickOf(filters: Readonly<Filters>): Pick | '' {
  const found = Object.entries(PICKS).find(([, pick]) => pick.state === filters.state && pick.light === filters.light)
  return (found?.[0] as Pick | undefined) ?? ''
}
