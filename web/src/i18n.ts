// Language: Chinese first, English complete. Each app's texts are mounted under the app's own name.
import { createI18n } from 'vue-i18n'
import { setApiLanguage } from './api/client'
import { apps } from './apps'
import en from './messages/en'
import zh from './messages/zh'

export type Language = 'zh' | 'en'
const KEPT = 'jingwei.language'

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'zh' || kept === 'en') return kept
  return navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) || navigator.languages.length === 0 ? 'zh' : 'en'
}

type Texts = { [key: string]: string | Texts }
function withApps(own: Texts, language: Language): Texts {
  return Object.assign({}, own, ...apps.map((app) => ({ [app.name]: app.messages[language] })))
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'zh',
  missingWarn: import.meta.env.DEV,
  messages: { zh: withApps(zh, 'zh'), en: withApps(en, 'en') } as Record<Language, Texts>,
})

export function setLanguage(language: Language) {
  i18n.global.locale.value = language
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  setApiLanguage(language === 'zh' ? 'zh-CN' : 'en')
}

export function language(): Language {
  return i18n.global.locale.value as Language
}

/** The text of a thing that carries both languages (`{zh, en}`), as roles, moves and jobs do. */
export function named(thing: { zh: string; en: string }): string {
  return language() === 'zh' ? thing.zh : thing.en || thing.zh
}

setLanguage(firstLanguage())
