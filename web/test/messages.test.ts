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
