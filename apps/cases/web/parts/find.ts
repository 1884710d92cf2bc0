// Where the choices of a move are searched, beyond those the server proposes.
import { api, ask } from '@/api/client'
import type { FilingStandard, Move } from '@/api/types'
import { i18n } from '@/i18n'
import { inWords, nameOf } from './words'

export interface Pick {
  value: string
  label: string
  /** Small, beneath: why it is proposed, or what tells it from others. */
  why: string
}
export type Find = (text: string) => Promise<Pick[]>

const LIMIT = 40

export function standardAsPick(it: FilingStandard): Pick {
  const limit = inWords(it.limit.zh, it.limit.en)
  return { value: it.id, label: inWords(it.condition, it.condition_en ?? ''), why: [nameOf(it.class), limit, nameOf(it.body)].filter(Boolean).join(' · ') }
}
const standards: Find = async (text) => {
  const page = await ask(api.GET('/api/standards', { params: { query: { text, limit: LIMIT } } }))
  return page.items.map(standardAsPick)
}

const bodies: Find = async (text) => {
  const page = await ask(api.GET('/api/bodies', { params: { query: { text, active: true, limit: LIMIT } } }))
  return page.items.map((it) => ({ value: it.code, label: nameOf(it), why: i18n.global.t(`body.kind.${it.kind}`) }))
}

/** The workers posted in the town of an area. */
const workers =
  (area: string): Find =>
  async (text) => {
    const page = await ask(api.GET('/api/posts', { params: { query: { area: area.slice(0, 9), limit: 200 } } }))
    const seen = new Set<string>()
    return page.items
      .filter((post) => post.user.active && `${post.user.name} ${post.area_name}`.includes(text) && !seen.has(post.user.id) && seen.add(post.user.id))
      .slice(0, LIMIT)
      .map((post) => ({ value: post.user.id, label: post.user.name, why: `${post.area_name} · ${i18n.global.t(`post.${post.kind}`)}` }))
  }

/** How more choices are found for a field; none where the proposals are all there are, as colleagues are. */
export function finderFor(move: Move, field: string, area: string): { find: Find; hint: string } | null {
  const { t } = i18n.global
  if (field === 'standard') return { find: standards, hint: t('cases.desk.findStandard') }
  if (field === 'body') return { find: bodies, hint: t('cases.desk.findBody') }
  if (field === 'user' && move.action !== 'assign') return { find: workers(area), hint: t('cases.desk.findWorker') }
  return null
}
