// A report while it is being written: kept on the device until it is sent, with its id, so that it is sent once.
import { newId } from '@/api/ids'
import type { CaseSource, LngLat, Report } from '@/api/types'

export interface ReportDraft {
  id: string
  source: CaseSource
  class: string
  description: string
  place: string
  /** Where, on the map … */
  point: LngLat | null
  /** … or by area … */
  area: string
  /** … or by the component that it is about: its code. */
  component: string
  photos: string[]
  contactName: string
  contactPhone: string
  /** A resident who does not want to be named. */
  anonymous: boolean
}

export function emptyDraft(source: CaseSource): ReportDraft {
  return { id: newId(), source, class: '', description: '', place: '', point: null, area: '', component: '', photos: [], contactName: '', contactPhone: '', anonymous: false }
}

/** Whether there is anything to lose. */
export function isWritten(draft: ReportDraft): boolean {
  return [draft.description, draft.place, draft.area, draft.component, draft.class, draft.contactName, draft.contactPhone].some((it) => it.trim() !== '') || draft.point !== null || draft.photos.length > 0
}

/** What is sent: empty fields left out; a component rather than a point, for the register knows best where it stands, and a
    point rather than an area. */
export function reportOf(draft: ReportDraft): Report {
  const anonymous = draft.anonymous && (draft.source === 'resident' || draft.source === 'hotline')
  const [name, phone] = anonymous ? ['', ''] : [draft.contactName.trim(), draft.contactPhone.trim()]
  return {
    id: draft.id,
    source: draft.source,
    description: draft.description.trim(),
    photos: draft.photos,
    ...(draft.class ? { class: draft.class } : {}),
    ...(draft.place.trim() ? { place: draft.place.trim() } : {}),
    ...(draft.component ? { component: draft.component } : draft.point ? { point: { ...draft.point } } : draft.area ? { area: draft.area } : {}),
    ...(anonymous ? { anonymous } : {}),
    ...(name || phone ? { contact: { name: name || null, phone: phone || null } } : {}),
  }
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
const keyOf = (user: string) => `jingwei.report.${user}`

/** A resident's name and telephone stay out of it: a device may be lost. */
export function keepDraft(store: Store, user: string, draft: ReportDraft) {
  if (!isWritten(draft)) return store.removeItem(keyOf(user))
  const { contactName: _, contactPhone: __, ...kept } = draft
  store.setItem(keyOf(user), JSON.stringify(kept))
}
export function dropKept(store: Store, user: string) {
  store.removeItem(keyOf(user))
}
/** The kept draft; null when there is none, or none that this version can read. */
export function keptDraft(store: Store, user: string, source: CaseSource): ReportDraft | null {
  try {
    const kept = JSON.parse(store.getItem(keyOf(user)) ?? 'null') as Partial<ReportDraft> | null
    if (!kept || typeof kept.id !== 'string' || typeof kept.description !== 'string' || !Array.isArray(kept.photos)) return null
    return { ...emptyDraft(source), ...kept }
  } catch {
    return null
  }
}
