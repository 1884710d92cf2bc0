// The words of the field in the user's language: names, actions, what an entry decided.
import type { CaseRow, Named, TimelineEntry } from '@/api/types'
import { i18n, language } from '@/i18n'
import { timeText } from '@/parts/time'

type HasName = Pick<Named, 'name' | 'name_en'>

/** The name in the user's language, as far as there is one. */
export function nameOf(it: HasName | null | undefined): string {
  if (!it) return ''
  return language() === 'en' ? it.name_en || it.name : it.name
}

/** An area with what lies above it. */
export const pathOf = (area: CaseRow['area']) => inWords(area.path, area.path_en) || area.name

/** Of a thing whose length or reason is told in both languages, such as a standard's limit. */
export function inWords(zh: string | null | undefined, en: string | null | undefined): string {
  return (language() === 'en' ? en || zh : zh) ?? ''
}

const t = (key: string, values: Record<string, unknown> = {}) => i18n.global.t(key, values)

export const actionText = (action: string) => t(`cases.action.${action}`)

/** "李娜 · 立案" */
export const whoDid = (entry: Pick<TimelineEntry, 'actor_name' | 'action'>) => `${entry.actor_name} · ${actionText(entry.action)}`

/** What an entry decided, as lines of term and value. */
export function decided(entry: TimelineEntry): { term: string; value: string }[] {
  const d = entry.detail
  const lines = [
    { term: t('cases.desk.class'), value: nameOf(d.class) },
    { term: t('cases.desk.standard'), value: d.standard ? `${d.standard.code} ${nameOf(d.standard)}` : '' },
    { term: t('cases.desk.body'), value: nameOf(d.body) },
    { term: t('cases.desk.user'), value: d.user ?? '' },
    { term: t('cases.desk.truth'), value: verdict('truth', d.truth) },
    { term: t('cases.desk.passed'), value: verdict('passed', d.passed) },
    { term: t('cases.desk.satisfaction'), value: d.satisfaction ? t(`cases.satisfaction.${d.satisfaction}`) : '' },
    { term: t('cases.desk.reasons'), value: listed(d.reasons ?? []) },
    { term: t('cases.desk.justified'), value: verdict('justified', d.justified) },
    { term: t('cases.desk.asked'), value: d.asked ? t(`cases.asked.${d.asked}`) : '' },
    { term: t('cases.desk.until'), value: d.until ? fullTime(d.until) : '' },
    { term: t('cases.desk.centre'), value: nameOf(d.desk) },
  ]
  return lines.filter((line) => line.value)
}

/** A yes or no in its own words; '' when it was not asked. */
export function verdict(what: 'truth' | 'passed' | 'justified', is: boolean | null | undefined): string {
  return is === null || is === undefined ? '' : t(`cases.${what}.${is ? 'yes' : 'no'}`)
}

/** A moment with its year. */
export const fullTime = (at: string) => timeText(at, 'full')

/** Several names in one line. */
export const listed = (all: HasName[]) => all.map(nameOf).join(language() === 'en' ? ', ' : '、')

/** Where a photo of a case is read: through the case, as far as one may see it. */
export function photoUrl(id: string) {
  return (file: string, size: 'thumb' | 'full') => `/api/cases/${id}/photos/${file}?size=${size}`
}
