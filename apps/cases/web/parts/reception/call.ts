// A call while it is being written down. It stays in this tab over a reload and is gone with it: a number is no draft to
// be left on a device.
import { newId } from '@/api/ids'
import type { LngLat, Report } from '@/api/types'

export interface Call {
  id: string
  /** When the first key was pressed; 0 before. */
  began: number
  phone: string
  name: string
  anonymous: boolean
  description: string
  place: string
  point: LngLat | null
  area: string
  /** The code of the component that it is about. */
  component: string
  class: string
  /** The case that it is to be merged into. */
  into: { id: string; number: string } | null
}

export const emptyCall = (): Call => ({ id: newId(), began: 0, phone: '', name: '', anonymous: false, description: '', place: '', point: null, area: '', component: '', class: '', into: null })

/** Whether there is anything to lose. */
export const isWritten = (call: Call) => [call.phone, call.name, call.description, call.place, call.area, call.component, call.class].some((it) => it.trim() !== '')

/** What is sent. Of somebody who is not to be named nothing is; where a component stands the register knows. */
export function reportOf(call: Call): Report {
  const [name, phone] = [call.name.trim(), call.phone.trim()]
  return {
    id: call.id,
    source: 'hotline',
    description: call.description.trim(),
    anonymous: call.anonymous,
    ...(call.class ? { class: call.class } : {}),
    ...(call.place.trim() ? { place: call.place.trim() } : {}),
    ...(call.component ? { component: call.component } : { ...(call.point ? { point: { ...call.point } } : {}), ...(call.area ? { area: call.area } : {}) }),
    ...(!call.anonymous && (name || phone) ? { contact: { name: name || null, phone: phone || null } } : {}),
  }
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
const keyOf = (user: string) => `jingwei.hotline.${user}`

export function keepCall(store: Store, user: string, call: Call) {
  if (isWritten(call)) store.setItem(keyOf(user), JSON.stringify(call))
  else store.removeItem(keyOf(user))
}
export function keptCall(store: Store, user: string): Call | null {
  try {
    const kept = JSON.parse(store.getItem(keyOf(user)) ?? 'null') as Partial<Call> | null
    return kept && typeof kept.id === 'string' && typeof kept.description === 'string' ? { ...emptyCall(), ...kept } : null
  } catch {
    return null
  }
}

/** 75 → 1:15 */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
