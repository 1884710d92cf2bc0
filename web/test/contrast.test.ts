// The palette keeps WCAG 2.2 AA in both themes: 4.5:1 for text, 3:1 for shapes that carry a meaning.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8')
function tokens(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/--jw-([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1]!, m[2]!]))
}
const [light, dark] = css.split(':root.dark').map(tokens) as [Record<string, string>, Record<string, string>]

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (hi + 0.05) / (lo + 0.05)
}

const TEXT = [
  ...['ink', 'ink-2', 'ink-3'].flatMap((ink) => ['ground', 'surface', 'raised', 'sunken', 'hover'].map((on) => [ink, on])),
  ...['surface', 'raised', 'hover', 'accent-soft', 'ground'].map((on) => ['accent-ink', on]),
  ...['green', 'amber', 'red'].flatMap((light) => [[`${light}-ink`, 'surface'], [`${light}-ink`, `${light}-soft`], [`${light}-ink`, 'raised']]),
  ['on-accent', 'accent'], ['on-accent', 'accent-hover'], ['on-accent', 'accent-active'],
  ['map-label', 'map-land'], ['map-label', 'map-ground'],
] as [string, string][]
const SHAPES = [['focus', 'surface'], ['focus', 'ground'], ['green', 'surface'], ['red', 'surface'], ['accent', 'surface']] as [string, string][]

describe.each([['light', light], ['dark', { ...light, ...dark }]] as const)('%s', (_theme, t) => {
  it.each(TEXT)('%s can be read on %s', (ink, on) => expect(contrast(t[ink]!, t[on]!)).toBeGreaterThanOrEqual(4.5))
  it.each(SHAPES)('%s can be seen on %s', (shape, on) => expect(contrast(t[shape]!, t[on]!)).toBeGreaterThanOrEqual(3))
})
