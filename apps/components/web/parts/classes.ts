// The classes of components, read once for all lists: under their major classes, with how many the register holds.
import { computed, shallowRef } from 'vue'
import { api, ask } from '@/api/client'
import type { ComponentClass } from '@/api/types'
import { language } from '@/i18n'
import { inLanguage } from '@/parts/names'

const classes = shallowRef<ComponentClass[]>([])
let reading: Promise<void> | undefined

/** Asks for the classes unless they are here; `anew` after an import or an edit, because the counts are old then. */
export function readClasses(anew = false): Promise<void> {
  if (anew) reading = undefined
  reading ??= ask(api.GET('/api/component-classes'))
    .then((all) => void (classes.value = all))
    .catch(() => void (reading = undefined))
  return reading
}

type HasClass = { class_name: string; class_name_en?: string | null; major_name?: string | null; major_name_en?: string | null }
/** The class's name in the user's language. */
export const className = (it: HasClass) => inLanguage({ name: it.class_name, name_en: it.class_name_en })
/** Whether a component has a name of its own: most are called what they are. */
export const isNamed = (it: HasClass & { name: string }) => it.name !== it.class_name
export const nameOf = (it: HasClass & { name: string }) => (isNamed(it) ? it.name : className(it))
export const majorName = (it: HasClass) => (it.major_name ? inLanguage({ name: it.major_name, name_en: it.major_name_en }) : '')

/** Area and keeper in the user's language. */
export const areaOf = (it: { area_name: string; area_name_en: string }) => (language() === 'en' ? it.area_name_en : it.area_name)
export const bodyOf = (it: { body_name?: string | null; body_name_en?: string | null }) => (it.body_name ? inLanguage({ name: it.body_name, name_en: it.body_name_en }) : '')

export interface Major {
  /** How the codes of its classes begin: `2026.C01`. */
  prefix: string
  /** Its name; its number for one that has no name. */
  name: string
  edition: string
  classes: ComponentClass[]
}

const all = computed<Major[]>(() => {
  const found = new Map<string, Major>()
  for (const it of classes.value) {
    const edition = it.code.split('.')[0]!
    const prefix = `${edition}.C${it.major}`
    const major = found.get(prefix) ?? { prefix, name: it.major_name ? inLanguage({ name: it.major_name, name_en: it.major_name_en }) : it.major, edition, classes: [] }
    major.classes.push(it)
    found.set(prefix, major)
  }
  return [...found.values()]
})

/** The major classes with theirs; `held` leaves out the classes of which the register holds none, but for the chosen one. */
export function majorsOf(held: boolean, chosen: string): Major[] {
  if (!held) return all.value
  return all.value.map((major) => ({ ...major, classes: major.classes.filter((it) => it.components > 0 || it.code === chosen) })).filter((major) => major.classes.length)
}

export const editions = computed(() => new Set(all.value.map((it) => it.edition)).size)
