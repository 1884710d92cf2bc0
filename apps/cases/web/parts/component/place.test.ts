// The place of a report follows its component: point and words come with it and go with it, and nothing else does.
import { describe, expect, it } from 'vitest'
import type { Component } from '@/api/types'
import { follow, labelOf, metresBetween } from './place'

const lamp = { code: '3209990101000042', name: '路灯', sequence: 42, place: '人民路 12 号', point: { lng: 119.4, lat: 32.5 } } as Component
const lid = { code: '3209990201000007', name: '污水井盖', sequence: 7, place: null, point: { lng: 119.5, lat: 32.6 } } as Component
const nowhere = () => ({ place: '', point: null as Component['point'] | null })

describe('a place that follows its component', () => {
  it('takes its point and its words, and gives both back', () => {
    const place = nowhere()
    follow(place, lamp, null)
    expect(place).toEqual({ place: '人民路 12 号 路灯 000042', point: { lng: 119.4, lat: 32.5 } })
    follow(place, lid, lamp)
    expect(place).toEqual({ place: '污水井盖 000007', point: { lng: 119.5, lat: 32.6 } })
    follow(place, null, lid)
    expect(place).toEqual(nowhere())
  })
  it('leaves words of one’s own, and a point that was set by hand afterwards', () => {
    const place = { ...nowhere(), place: '桥头东侧' }
    follow(place, lamp, null)
    expect(place.place).toBe('桥头东侧')
    place.point = { lng: 119.41, lat: 32.51 }
    follow(place, null, lamp)
    expect(place).toEqual({ place: '桥头东侧', point: { lng: 119.41, lat: 32.51 } })
  })
  it('does not empty what is read once more', () => {
    const place = nowhere()
    follow(place, lamp, null)
    const point = place.point
    follow(place, { ...lamp, state: 'damaged' }, lamp)
    expect(place).toEqual({ place: '人民路 12 号 路灯 000042', point: lamp.point })
    expect(place.point).toBe(point)
  })
})

it('is named with the number on its plate', () => expect(labelOf(lid)).toBe('污水井盖 000007'))

it('tells metres between two points of a city', () => {
  expect(metresBetween(lamp.point, lamp.point)).toBe(0)
  // A thousandth of a degree: 111 m to the north, 94 m to the east at this latitude.
  expect(metresBetween({ lng: 119.4, lat: 32.5 }, { lng: 119.4, lat: 32.501 })).toBe(111)
  expect(metresBetween({ lng: 119.4, lat: 32.5 }, { lng: 119.401, lat: 32.5 })).toBe(94)
})
