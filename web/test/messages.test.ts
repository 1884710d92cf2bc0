// Every text exists in both languages: the keys of zh and en are equal, in the shell and in every app.
import { describe, expect, it } from 'vitest'
import en from '../src/messages/en'
import zh from '../src/messages/zh'

type Texts = { [key: string]: string | Texts }
const found = import.meta.glob<{ default: { zh: Texts; en: Texts } }>('../../apps/*/web/messages.ts', { eager: true })

function keys(texts: Texts, prefix = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key] : keys(value, `${prefix}${key}.`)))
}

describe('messages', () => {
  const all: [string, { zh: Texts; en: Texts }][] = [['web', { zh, en }], ...Object.entries(found).map(([path, m]) => [path, m.default] as [string, { zh: Texts; en: Texts }])]
  it.each(all)('%s has the same keys in zh and en', (_path, texts) => {
    expect(keys(texts.en).toSorted()).toEqual(keys(texts.zh).toSorted())
  })
})

describe('texts that pages ask for', () => {
  // Read as text, so that a page need not be drawn to find a missing key.
  const sources = import.meta.glob<string>(['../src/**/*.{vue,ts}', '../../apps/*/web/**/*.{vue,ts}', '!**/*.test.ts'], { query: '?raw', import: 'default', eager: true })
  const apps = Object.fromEntries(Object.entries(found).map(([path, m]) => [path.split('/apps/')[1]!.split('/')[0]!, m.default.zh]))
  const known = new Set(keys({ ...zh, ...apps }))
  it.each(Object.entries(sources))('%s', (_path, source) => {
    const asked = [...source.matchAll(/(?<![\w.])(?:\$t|t|i18n\.global\.t)\('([\w.]+)'|titleKey: '([\w.]+)'/g)].map((m) => m[1] ?? m[2]!)
    expect(asked.filter((key) => !known.has(key))).toEqual([])
  })
})
