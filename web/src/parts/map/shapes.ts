// The district's own shapes: asked for once per level, kept for all maps of the visit, with a point inside each for its name.
import { api, ask } from '../../api/client'
import type { AreaLevel, Shapes } from '../../api/types'

export type Bounds = [west: number, south: number, east: number, north: number]
export interface LabelPoints {
  type: 'FeatureCollection'
  features: { type: 'Feature'; properties: Shapes['features'][number]['properties']; geometry: { type: 'Point'; coordinates: [number, number] } }[]
}
export interface LevelShapes {
  shapes: Shapes
  labels: LabelPoints
}

/** Metres that may be left out of a border: less than a pixel at the zoom where the level begins to matter. */
const SIMPLIFY: Record<AreaLevel, number> = { district: 60, town: 40, village: 15, grid: 4 }

const kept = new Map<string, Promise<LevelShapes>>()

export function shapesOf(level: AreaLevel, under?: string): Promise<LevelShapes> {
  const key = `${level} ${under ?? ''}`
  let answer = kept.get(key)
  if (!answer) {
    answer = ask(api.GET('/api/areas/shapes', { params: { query: { level, simplify: SIMPLIFY[level], ...(under ? { under } : {}) } } })).then((raw) => {
      const shapes = raw as Shapes
      return { shapes, labels: labelsOf(shapes) }
    })
    answer.catch(() => kept.delete(key))
    kept.set(key, answer)
  }
  return answer
}

/** After an import or an edit the maps must ask again. */
export function forgetShapes() {
  kept.clear()
}

function rings(feature: Shapes['features'][number]): number[][][] {
  return feature.geometry.coordinates.map((polygon) => polygon[0] ?? [])
}

export function boundsOf(shapes: Shapes, only?: (code: string) => boolean): Bounds | null {
  const b: Bounds = [Infinity, Infinity, -Infinity, -Infinity]
  for (const feature of shapes.features) {
    if (only && !only(feature.properties.code)) continue
    for (const ring of rings(feature))
      for (const [x, y] of ring as [number, number][]) {
        if (x < b[0]) b[0] = x
        if (y < b[1]) b[1] = y
        if (x > b[2]) b[2] = x
        if (y > b[3]) b[3] = y
      }
  }
  return b[0] === Infinity ? null : b
}

function labelsOf(shapes: Shapes): LabelPoints {
  return {
    type: 'FeatureCollection',
    features: shapes.features.flatMap((feature) => {
      const at = inside(largest(rings(feature)))
      return at ? [{ type: 'Feature' as const, properties: feature.properties, geometry: { type: 'Point' as const, coordinates: at } }] : []
    }),
  }
}

function largest(all: number[][][]): number[][] {
  return all.reduce((best, ring) => (Math.abs(area(ring)) > Math.abs(area(best)) ? ring : best), all[0] ?? [])
}

function area(ring: number[][]): number {
  let sum = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += ring[j]![0]! * ring[i]![1]! - ring[i]![0]! * ring[j]![1]!
  return sum / 2
}

/**
 * A point well inside the ring: its centroid if that lies inside, else the middle of the widest stretch on the
 * centroid's parallel. Enough for a name; the exact pole of inaccessibility would cost more than it shows.
 */
export function inside(ring: number[][]): [number, number] | null {
  if (ring.length < 3) return null
  const whole = area(ring)
  if (whole === 0) return ring[0] as [number, number]
  let x = 0
  let y = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[j] as [number, number]
    const [bx, by] = ring[i] as [number, number]
    const cross = ax * by - bx * ay
    x += (ax + bx) * cross
    y += (ay + by) * cross
  }
  x /= 6 * whole
  y /= 6 * whole
  const cuts: number[] = []
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = ring[j] as [number, number]
    const [bx, by] = ring[i] as [number, number]
    if (ay > y !== by > y) cuts.push(ax + ((y - ay) / (by - ay)) * (bx - ax))
  }
  cuts.sort((a, b) => a - b)
  let best: [number, number] | null = null
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    const [from, to] = [cuts[i]!, cuts[i + 1]!]
    if (from <= x && x <= to) return [x, y]
    if (!best || to - from > best[1] - best[0]) best = [from, to]
  }
  return best ? [(best[0] + best[1]) / 2, y] : [x, y]
}
