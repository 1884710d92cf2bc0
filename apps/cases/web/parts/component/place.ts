// What a component says of the place of a report: its name, its words, its point, and how far away it is. Pure, without asking.
import type { Component, LngLat } from '@/api/types'

export const numbered = (name: string, sequence: number) => `${name} ${String(sequence).padStart(6, '0')}`
/** Its name with the number on its plate, as it goes into a case: what a person says to mean this one. */
export const labelOf = (it: Pick<Component, 'name' | 'sequence'>) => numbered(it.name, it.sequence)

/** Its address and name, as the place of a case in words. */
export const wordsOf = (label: string, place?: string | null) => [place, label].filter(Boolean).join(' ').slice(0, 200)
const wordsFor = (it: Component) => wordsOf(labelOf(it), it.place)

const same = (a: LngLat | null, b: LngLat) => a?.lng === b.lng && a.lat === b.lat

/** A place follows the component chosen for it: its point, and its words unless there are others. With the component goes
    what came of it, and nothing else. */
export function follow(place: { place: string; point: LngLat | null }, now: Component | null, before: Component | null | undefined) {
  if (before && before.code !== now?.code) {
    if (place.place.trim() === wordsFor(before)) place.place = ''
    if (same(place.point, before.point)) place.point = null
  }
  if (now) {
    if (!same(place.point, now.point)) place.point = { lng: now.point.lng, lat: now.point.lat }
    place.place = place.place.trim() || wordsFor(now)
  }
}

/** How far apart, in metres; over a few hundred of them the earth is flat enough. */
export function metresBetween(a: LngLat, b: LngLat): number {
  const degree = 111_195
  return Math.round(Math.hypot((a.lat - b.lat) * degree, (a.lng - b.lng) * degree * Math.cos((a.lat * Math.PI) / 180)))
}
