// Components as the place of a report: found by words or by nearness, read by their code. What was read once is kept for the
// visit, so that a list's chip and a card need not ask for a name that is known.
import { computed, shallowReactive, type ComputedRef } from 'vue'
import { api, ask } from '@/api/client'
import type { ComponentState, Component, LngLat } from '@/api/types'
import { language } from '@/i18n'
import { type Loaded, useLoad } from '@/parts/load'
import { areaLabel } from '@/parts/names'
import { inWords, pathOf } from '../words'
import { metresBetween, numbered } from './place'

/** How far round a position components are looked for, in metres: across the street and to the next crossing. */
export const NEAR = 200

const seen = shallowReactive(new Map<string, Component>())
const asked = new Set<string>()

async function read(code: string): Promise<Component> {
  const it = await ask(api.GET('/api/components/{code}', { params: { path: { code } } }))
  seen.set(code, it)
  return it
}

type Called = Pick<Component, 'name' | 'class_name' | 'class_name_en'>
/** Most are called what they are, and that has a name in both languages; a name of its own has one. */
export const calledAs = (it: Called) => (it.name === it.class_name ? inWords(it.class_name, it.class_name_en) : it.name)
/** The label in the user's language. */
export const titleOf = (it: Called & { sequence: number }) => numbered(calledAs(it), it.sequence)
/** Its class, unless its name says it. */
export const kindOf = (it: Called) => (it.name === it.class_name ? '' : inWords(it.class_name, it.class_name_en))
/** Its address in words, or the area that it lies in. */
export const whereIs = (it: Component) => it.place || (language() === 'en' ? areaLabel(it.area) : it.area_name)

/** The same by its code, which stands for it until it is known. Reactive. */
export function componentName(code: string): string {
  if (code && !asked.has(code)) {
    asked.add(code)
    read(code).catch(() => asked.delete(code))
  }
  const it = seen.get(code)
  return it ? titleOf(it) : code
}

/** The component of a code, as it was seen last and then as it is now. */
export function useComponent(code: () => string): Pick<Loaded<Component | null>, 'loading' | 'problem' | 'reload'> & { component: ComputedRef<Component | null> } {
  const { loading, problem, reload } = useLoad<Component | null>(() => (code() ? read(code()) : Promise.resolve(null)), code)
  return { component: computed(() => seen.get(code()) ?? null), loading, problem, reload }
}

/** One line to choose from. */
export interface Choice {
  code: string
  name: string
  /** The address in words, or the area that it lies in. */
  where: string
  metres: number | null
  state: ComponentState | null
}

export async function nearest(at: LngLat): Promise<Choice[]> {
  const found = await ask(api.GET('/api/components/near', { params: { query: { lng: at.lng, lat: at.lat, metres: NEAR } } }))
  for (const { component } of found) seen.set(component.code, component)
  return found.map(({ component: it, metres }) => ({ code: it.code, name: titleOf(it), where: whereIs(it), metres, state: it.state }))
}

export async function findComponents(text: string, at: LngLat | null): Promise<Choice[]> {
  const found = await ask(api.GET('/api/cases/places', { params: { query: { text, limit: 20, ...(at ? { lng: at.lng, lat: at.lat } : {}) } } }))
  return found.flatMap((it) => (it.component ? [{ code: it.component, name: inWords(it.name, it.name_en), where: it.place || pathOf(it.area), metres: at && it.point ? metresBetween(at, it.point) : null, state: it.state ?? null }] : []))
}
