// The call that is being typed: what is kept of it, and what is sent.
import { describe, expect, it } from 'vitest'
import { clockText, emptyCall, isWritten, keepCall, keptCall, reportOf } from './call'

const memory = () => {
  const all = new Map<string, string>()
  return { getItem: (k: string) => all.get(k) ?? null, setItem: (k: string, v: string) => void all.set(k, v), removeItem: (k: string) => void all.delete(k) }
}

describe('a call', () => {
  it('survives a reload with its id, so that it is saved once', () => {
    const store = memory()
    const call = { ...emptyCall(), phone: '13800001234', description: '路灯不亮' }
    keepCall(store, 'u', call)
    expect(keptCall(store, 'u')).toEqual(call)
    expect(keptCall(store, 'other')).toBeNull()
    keepCall(store, 'u', emptyCall())
    expect(keptCall(store, 'u')).toBeNull()
    store.setItem('jingwei.hotline.u', '{broken')
    expect(keptCall(store, 'u')).toBeNull()
  })
  it('says nothing of somebody who is not to be named', () => {
    const call = { ...emptyCall(), phone: '13800001234', name: '王', description: '路灯不亮', area: '320999' }
    expect(reportOf(call).contact).toEqual({ name: '王', phone: '13800001234' })
    const hidden = reportOf({ ...call, anonymous: true })
    expect(hidden.contact).toBeUndefined()
    expect(JSON.stringify(hidden)).not.toContain('13800001234')
  })
  it('is about a component without saying where that stands', () => {
    const call = { ...emptyCall(), description: '路灯不亮', component: '3209990101000042', point: { lng: 1, lat: 2 }, area: '320999101' }
    expect(reportOf(call)).toMatchObject({ component: '3209990101000042' })
    expect(reportOf(call)).not.toHaveProperty('point')
    expect(reportOf(call)).not.toHaveProperty('area')
    expect(reportOf({ ...call, component: '' })).toMatchObject({ point: { lng: 1, lat: 2 }, area: '320999101' })
  })
  it('is written as soon as the number is', () => {
    expect(isWritten(emptyCall())).toBe(false)
    expect(isWritten({ ...emptyCall(), phone: '1' })).toBe(true)
    expect([clockText(-3), clockText(75), clockText(3600)]).toEqual(['0:00', '1:15', '60:00'])
  })
})
