// The filters of the register: how they stand in the address, and what the server is asked.
import { reactive } from 'vue'
import type { ComponentState } from '@/api/types'
import { useQuery } from '@/parts'

/** Each by its name in the address, which is its name on the wire. */
const FILTERS = ['text', 'class', 'area', 'body', 'state'] as const
export type Filters = Record<(typeof FILTERS)[number], string>

/** How many are set of those that stand behind a button on a phone. */
export const setBeside = (q: Readonly<Filters>) => FILTERS.filter((it) => it !== 'text' && q[it]).length
export const isNarrowed = (q: Readonly<Filters>) => FILTERS.some((it) => q[it])

export function useFilters(): { q: Filters; clear: () => void } {
  const q: Filters = reactive(useQuery(...FILTERS))
  return { q, clear: () => FILTERS.forEach((it) => (q[it] = '')) }
}

/** What the server is asked; nothing is sent for what is not set. */
export function asked(q: Readonly<Filters>) {
  const of = (value: string) => value || undefined
  return { text: of(q.text), class: of(q.class), area: of(q.area), body: of(q.body), state: of(q.state) as ComponentState | undefined }
}
