// The classes of cases, read once: under their major classes, and by the beginning of their codes.
import { computed, shallowRef } from 'vue'
import { api, ask } from '@/api/client'
import type { CaseClass } from '@/api/types'
import { nameOf } from '../words'

const classes = shallowRef<CaseClass[]>([])
let reading: Promise<void> | undefined

/** Asks for the classes unless they are here; after an import, `anew`. */
export function readClasses(anew = false): Promise<void> {
  if (anew) reading = undefined
  reading ??= ask(api.GET('/api/classes', { params: { query: {} } }))
    .then((all) => void (classes.value = all))
    .catch(() => void (reading = undefined))
  return reading
}

export interface Major {
  /** How the codes of all its classes begin. */
  prefix: string
  name: string
  kind: string
  classes: CaseClass[]
}

/** `2026.M01001` of the major class 01 → `2026.M01`. */
export function prefixOf(it: Pick<CaseClass, 'code' | 'major'>): string {
  const dot = it.code.indexOf('.')
  return it.code.slice(0, dot + 2) + it.major
}

/** The major classes with theirs, components first. */
export const majors = computed<Major[]>(() => {
  const all = new Map<string, Major>()
  for (const it of classes.value) {
    const prefix = prefixOf(it)
    if (!all.has(prefix)) all.set(prefix, { prefix, name: nameOf({ name: it.major_name, name_en: it.major_name_en ?? null }), kind: it.kind, classes: [] })
    all.get(prefix)!.classes.push(it)
  }
  return [...all.values()]
})

/** The name of a class, or of a major class by its prefix; the code until it is known. */
export function className(code: string): string {
  const one = classes.value.find((it) => it.code === code)
  return one ? nameOf(one) : (majors.value.find((it) => it.prefix === code)?.name ?? code)
}

/** Whether this is one class, not the beginning of several. */
export const isClass = (code: string) => classes.value.some((it) => it.code === code)
