// Names for codes: asked for once, a family of areas at a time, and kept for the visit.
import { reactive } from 'vue'
import { api, ask } from '../api/client'
import { language } from '../i18n'

type Names = { name: string; name_en?: string | null }
const areas = reactive(new Map<string, Names>())
const bodies = reactive(new Map<string, Names>())

/** The name in the user's language, as far as there is one. */
export const inLanguage = (it: Names): string => (language() === 'en' ? it.name_en || it.name : it.name)
const known = (it: Names | undefined, code: string): string => (it ? inLanguage(it) : code)
const asked = new Set<string>()

/** Length of the code one level up: village 12 → town 9 → district 6. */
const parentOf = (code: string) => code.slice(0, code.length - 3)

async function askFamily(parent: string) {
  const query = parent.length < 6 ? { level: 'district' as const, limit: 200 } : { parent, limit: 200 }
  const page = await ask(api.GET('/api/areas', { params: { query } }))
  for (const a of page.items) areas.set(a.code, a)
}

/** The area's name, or its code until (and unless) the name is known. Reactive. */
export function areaName(code: string | null | undefined): string {
  if (!code) return ''
  const parent = parentOf(code)
  if (!areas.has(code) && !asked.has(parent)) {
    asked.add(parent)
    askFamily(parent).catch(() => asked.delete(parent))
  }
  return known(areas.get(code), code)
}

/** The area's name in so many words as tell it from others: a grid's with its village's, a village's with its town's. */
export function areaLabel(code: string | null | undefined): string {
  if (!code) return ''
  return code.length > 9 ? `${areaName(parentOf(code))} ${areaName(code)}` : areaName(code)
}

async function askBodies() {
  let after: string | undefined
  do {
    const page = await ask(api.GET('/api/bodies', { params: { query: { limit: 200, ...(after ? { after } : {}) } } }))
    for (const b of page.items) bodies.set(b.code, b)
    after = page.next ?? undefined
  } while (after)
}

let bodiesAsked: Promise<void> | undefined
/** Resolves when the bodies' names are here. */
export function bodyNames(): Promise<void> {
  bodiesAsked ??= askBodies().catch(() => void (bodiesAsked = undefined))
  return bodiesAsked
}

/** The body's name, or its code until (and unless) the name is known. Reactive. */
export function bodyName(code: string | null | undefined): string {
  if (!code) return ''
  if (!bodies.has(code)) void bodyNames()
  return known(bodies.get(code), code)
}

/** After an import or an edit: names are asked for anew. */
export function forgetNames() {
  areas.clear()
  bodies.clear()
  asked.clear()
  bodiesAsked = undefined
}
