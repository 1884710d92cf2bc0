// A name stands inside its area, even where the centroid does not.
import { expect, it } from 'vitest'
import { boundsOf, inside } from '../src/parts/map/shapes'

function holds(ring: number[][], [x, y]: [number, number]): boolean {
  let within = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[j] as [number, number]
    const [bx, by] = ring[i] as [number, number]
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) within = !within
  }
  return within
}

it('lies inside a square, an L and a horseshoe, drawn either way round', () => {
  const square = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
  const angle = [[0, 0], [6, 0], [6, 1], [1, 1], [1, 6], [0, 6], [0, 0]]
  const shoe = [[0, 0], [9, 0], [9, 9], [8, 9], [8, 1], [1, 1], [1, 9], [0, 9], [0, 0]]
  for (const ring of [square, angle, shoe, ...[square, angle, shoe].map((r) => r.toReversed())]) {
    expect(holds(ring, inside(ring)!)).toBe(true)
  }
  expect(inside(square)).toEqual([1, 1])
})

it('has nothing to say of a line', () => {
  expect(inside([[0, 0], [1, 1]])).toBeNull()
})

it('bounds only those asked for', () => {
  const feature = (code: string, x: number) => ({ type: 'Feature' as const, properties: { code, name: code, level: 'town' as const }, geometry: { type: 'MultiPolygon' as const, coordinates: [[[[x, 0], [x + 1, 0], [x + 1, 1], [x, 0]]]] } })
  const shapes = { type: 'FeatureCollection' as const, features: [feature('a', 0), feature('b', 5)] }
  expect(boundsOf(shapes)).toEqual([0, 0, 6, 1])
  expect(boundsOf(shapes, (code) => code === 'b')).toEqual([5, 0, 6, 1])
  expect(boundsOf(shapes, () => false)).toBeNull()
})
