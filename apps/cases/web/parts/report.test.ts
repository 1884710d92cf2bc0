// The draft of a report: kept with its id until it is sent, without the resident's name, and never in the way.
import { describe, expect, it } from 'vitest'
import { dropKept, emptyDraft, keepDraft, keptDraft, reportOf } from './report'

function memory() {
  const all = new Map<string, string>()
  return { getItem: (k: string) => all.get(k) ?? null, setItem: (k: string, v: string) => void all.set(k, v), removeItem: (k: string) => void all.delete(k), all }
}

describe('the draft of a report', () => {
  it('comes back with the same id, so that sending it again is the same report', () => {
    const store = memory()
    const draft = { ...emptyDraft('worker'), description: '井盖破损', photos: ['p1'], point: { lng: 119.4, lat: 32.5 } }
    keepDraft(store, 'u1', draft)
    expect(keptDraft(store, 'u1', 'worker')).toEqual(draft)
    expect(keptDraft(store, 'u2', 'worker')).toBeNull()
    dropKept(store, 'u1')
    expect(keptDraft(store, 'u1', 'worker')).toBeNull()
  })
  it('keeps no personal data on the device', () => {
    const store = memory()
    keepDraft(store, 'u1', { ...emptyDraft('hotline'), description: '噪声', contactName: '张三丰', contactPhone: '13900001111' })
    expect([...store.all.values()].join()).not.toMatch(/张三丰|13900001111/)
  })
  it('is dropped when nothing is written, and ignored when it cannot be read', () => {
    const store = memory()
    keepDraft(store, 'u1', emptyDraft('worker'))
    expect(store.all.size).toBe(0)
    store.setItem('jingwei.report.u1', '{"id":')
    expect(keptDraft(store, 'u1', 'worker')).toBeNull()
    store.setItem('jingwei.report.u1', '{"id":"x"}')
    expect(keptDraft(store, 'u1', 'worker')).toBeNull()
  })
  it('keeps the component, and reads drafts that were kept before there were any', () => {
    const store = memory()
    const draft = { ...emptyDraft('worker'), component: '3209990101000042' }
    keepDraft(store, 'u1', draft)
    expect(keptDraft(store, 'u1', 'worker')).toEqual(draft)
    store.setItem('jingwei.report.u1', JSON.stringify({ id: 'x', source: 'worker', description: '路灯不亮', photos: [], point: { lng: 1, lat: 2 }, area: '' }))
    expect(keptDraft(store, 'u1', 'worker')).toMatchObject({ description: '路灯不亮', point: { lng: 1, lat: 2 }, component: '' })
  })
  it('sends a component without its point: the register says where it stands', () => {
    const draft = { ...emptyDraft('worker'), description: '路灯不亮', component: '3209990101000042', point: { lng: 1, lat: 2 }, area: '321012001' }
    expect(reportOf(draft)).toEqual({ id: draft.id, source: 'worker', description: '路灯不亮', photos: [], component: '3209990101000042' })
    expect(reportOf({ ...draft, component: '' })).not.toHaveProperty('component')
  })
  it('sends a point rather than an area, and nothing that is empty', () => {
    const draft = { ...emptyDraft('resident'), description: ' 路灯不亮 ', area: '321012001', point: { lng: 1, lat: 2 }, contactPhone: ' 139 ' }
    expect(reportOf(draft)).toEqual({ id: draft.id, source: 'resident', description: '路灯不亮', photos: [], point: { lng: 1, lat: 2 }, contact: { name: null, phone: '139' } })
    expect(reportOf({ ...draft, point: null, contactPhone: '' })).toEqual({ id: draft.id, source: 'resident', description: '路灯不亮', photos: [], area: '321012001' })
  })
})
