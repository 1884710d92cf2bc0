// The map's look: ground, areas, names, points. All of it is our own; no request leaves the district's server unless a
// base map is set.
import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import type { Meta } from '../../api/types'
import type { Language } from '../../i18n'

/** MapLibre cannot read CSS variables: the tokens are read once per theme. */
export function tokens() {
  const css = getComputedStyle(document.documentElement)
  const of = (name: string) => css.getPropertyValue(`--jw-${name}`).trim()
  return {
    ground: of('map-ground'),
    land: of('map-land'),
    line: of('map-line'),
    lineSoft: of('map-line-soft'),
    label: of('map-label'),
    accent: of('accent'),
    surface: of('surface'),
    green: of('green'),
    amber: of('amber'),
    red: of('red'),
    redInk: of('red-ink'),
    ink: of('ink'),
    grey: of('ink-3'),
  }
}
type Tokens = ReturnType<typeof tokens>

const NOTHING = { type: 'FeatureCollection' as const, features: [] }
const FONT = ['Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif']
/** Also given to the map, which draws every glyph in the browser: no glyph server is needed. */
export const FONT_FAMILY = FONT.map((f) => (f.includes(' ') ? `"${f}"` : f)).join(', ')

/** From which zoom on each level is worth drawing (and asking for). */
export const FROM_ZOOM = { town: 0, village: 10.6, grid: 12.6 } as const
export const LEVELS = ['town', 'village', 'grid'] as const
export type DrawnLevel = (typeof LEVELS)[number]

export function styleFor(meta: Meta | null, t: Tokens, language: Language): StyleSpecification {
  const base = meta?.map.base
  const geojson = { type: 'geojson' as const, data: NOTHING }
  return {
    version: 8,
    sources: {
      ...(base ? { base: { type: 'raster' as const, tiles: [base.url], tileSize: 256, attribution: base.attribution ?? '' } } : {}),
      ...Object.fromEntries(LEVELS.flatMap((level) => [[level, { ...geojson, promoteId: 'code' }], [`${level}-names`, geojson]])),
      points: { ...geojson, cluster: true, clusterRadius: 44, clusterMaxZoom: 14, clusterProperties: CLUSTER, promoteId: 'id' },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': t.ground } },
      ...(base ? [{ id: 'base', type: 'raster', source: 'base' } satisfies LayerSpecification] : []),
      // Over a base map the land is left open; on our own ground the towns are the land. The others take clicks only.
      ...LEVELS.map(
        (level): LayerSpecification => ({
          id: `${level}-fill`,
          type: 'fill',
          source: level,
          minzoom: FROM_ZOOM[level],
          paint: { 'fill-color': t.land, 'fill-opacity': base || level !== 'town' ? 0 : 1 },
        }),
      ),
      lines('grid', t.lineSoft, 0.8),
      lines('village', t.lineSoft, [10, 0.6, 14, 1.6]),
      lines('town', t.line, [9, 0.9, 14, 2.4]),
      names('grid', language, t, 12, [14, 0, 14.3, 1]),
      names('village', language, t, [11, 12, 15, 14], [11.4, 0, 11.7, 1]),
      names('town', language, t, [9, 12, 13, 15], [12.9, 1, 13.6, 0.5]),
      {
        // Calm in the middle; the ring has the worst light inside, and "!n" says in figures how many are overdue.
        id: 'clusters',
        type: 'circle',
        source: 'points',
        filter: ['has', 'point_count'],
        paint: {
          'circle-color': t.surface,
          'circle-radius': ['interpolate', ['linear'], ['ln', ['get', 'point_count']], 0.7, 13, 7, 26],
          'circle-opacity': 0.94,
          'circle-stroke-color': ['case', ['>', ['get', 'red'], 0], t.red, ['>', ['get', 'yellow'], 0], t.amber, ['>', ['get', 'green'], 0], t.green, t.grey],
          'circle-stroke-width': 2.5,
        },
      },
      {
        id: 'cluster-count',
        type: 'symbol',
        source: 'points',
        filter: ['has', 'point_count'],
        layout: {
          'text-field': [
            'case',
            ['>', ['get', 'red'], 0],
            ['format', ['to-string', ['get', 'point_count_abbreviated']], {}, '\n', {}, ['concat', '!', ['get', 'red']], { 'font-scale': 0.82, 'text-color': t.redInk }],
            ['format', ['to-string', ['get', 'point_count_abbreviated']], {}],
          ],
          'text-font': FONT,
          'text-size': 12,
          'text-line-height': 1,
          'text-allow-overlap': true,
        },
        paint: { 'text-color': t.ink },
      },
      {
        id: 'points',
        type: 'circle',
        source: 'points',
        filter: ['!', ['has', 'point_count']],
        paint: {
          'circle-color': ['match', ['get', 'light'], 'red', t.red, 'yellow', t.amber, 'green', t.green, t.grey],
          'circle-radius': ['case', ['boolean', ['feature-state', 'chosen'], false], 9, 6.5],
          'circle-stroke-color': ['case', ['boolean', ['feature-state', 'chosen'], false], t.accent, t.surface],
          'circle-stroke-width': ['case', ['boolean', ['feature-state', 'chosen'], false], 3, 2],
        },
      },
      {
        // The light is told by a sign too, not by its colour alone.
        id: 'point-signs',
        type: 'symbol',
        source: 'points',
        filter: ['all', ['!', ['has', 'point_count']], ['in', ['get', 'light'], ['literal', ['red', 'yellow']]]],
        layout: { 'text-field': ['match', ['get', 'light'], 'red', '!', '–'], 'text-font': FONT, 'text-size': 10, 'text-allow-overlap': true, 'text-ignore-placement': true },
        paint: { 'text-color': '#ffffff', 'text-halo-color': 'rgba(0,0,0,0.25)', 'text-halo-width': 0.5 },
      },
    ],
  }
}

const count = (light: string) => ['+', ['case', ['==', ['get', 'light'], light], 1, 0]]
const CLUSTER = { red: count('red'), yellow: count('yellow'), green: count('green') }

/** The chosen area: a tint under all lines, and its own line over them. */
export function chosenLayers(level: DrawnLevel, code: string, t: Tokens): { layer: LayerSpecification; before: string }[] {
  const filter: FilterSpecification = ['==', ['get', 'code'], code]
  return [
    { layer: { id: 'chosen-fill', type: 'fill', source: level, filter, paint: { 'fill-color': t.accent, 'fill-opacity': 0.13 } }, before: 'grid-line' },
    { layer: { id: 'chosen-line', type: 'line', source: level, filter, layout: { 'line-join': 'round' }, paint: { 'line-color': t.accent, 'line-width': 2.5 } }, before: 'grid-name' },
  ]
}

function lines(level: DrawnLevel, color: string, width: number | [number, number, number, number]): LayerSpecification {
  return {
    id: `${level}-line`,
    type: 'line',
    source: level,
    minzoom: FROM_ZOOM[level],
    layout: { 'line-join': 'round' },
    paint: { 'line-color': color, 'line-width': typeof width === 'number' ? width : ['interpolate', ['linear'], ['zoom'], ...width] },
  }
}

function names(level: DrawnLevel, language: Language, t: Tokens, size: number | [number, number, number, number], fade: [number, number, number, number]): LayerSpecification {
  return {
    id: `${level}-name`,
    type: 'symbol',
    source: `${level}-names`,
    minzoom: level === 'town' ? 0 : fade[0],
    layout: {
      'text-field': language === 'en' ? ['coalesce', ['get', 'name_en'], ['get', 'name']] : ['get', 'name'],
      'text-font': FONT,
      'text-size': typeof size === 'number' ? size : ['interpolate', ['linear'], ['zoom'], ...size],
      'text-max-width': 7,
      'text-padding': 4,
    },
    paint: {
      'text-color': t.label,
      'text-halo-color': t.land,
      'text-halo-width': 1.4,
      'text-opacity': ['interpolate', ['linear'], ['zoom'], ...fade],
    },
  }
}
