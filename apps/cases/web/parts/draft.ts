// What has been filled in for a move, kept while the console is open: looking at another case loses nothing.
import { reactive } from 'vue'
import { newId } from '@/api/ids'
import type { Move, MoveInput, MoveNeed, TimelineEntry } from '@/api/types'

export type Given = string | boolean | string[] | undefined
export interface Draft {
  /** Id of the move: sent again after a lost answer, it changes nothing twice. */
  id: string
  values: Record<string, Given>
  /** The name of what was picked and is not among the proposals. */
  labels: Record<string, string>
}

const drafts = reactive(new Map<string, Draft>())
const keyOf = (caseId: string, action: string) => `${caseId} ${action}`

export function draftOf(caseId: string, action: string): Draft {
  const key = keyOf(caseId, action)
  if (!drafts.has(key)) drafts.set(key, { id: newId(), values: {}, labels: {} })
  return drafts.get(key)!
}
export function dropDraft(caseId: string, action: string) {
  drafts.delete(keyOf(caseId, action))
}
export function hasDraft(caseId: string, action: string): boolean {
  const draft = drafts.get(keyOf(caseId, action))
  return !!draft && Object.values(draft.values).some(isGiven)
}

export function isGiven(value: Given): boolean {
  if (typeof value === 'string') return value.trim() !== ''
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}

/** The needs that the move would be refused for. */
export function missing(needs: MoveNeed[], values: Draft['values']): string[] {
  return needs.filter((need) => need.required && !isGiven(values[need.field])).map((need) => need.field)
}

/** What is sent: the move, and of what was filled in only what this move asks for. */
export function inputOf(move: Move, draft: Draft, version: number): MoveInput {
  const given = move.needs.map((need) => [need.field, draft.values[need.field]] as const).filter(([, value]) => isGiven(value))
  return { id: draft.id, version, action: move.action, ...Object.fromEntries(given) }
}

/** What a refusal says has happened meanwhile, newest first. */
export function changesOf(extra: unknown): TimelineEntry[] {
  const changes = (extra as { changes?: TimelineEntry[] } | null)?.changes
  return Array.isArray(changes) ? changes.toReversed() : []
}

/** Steps aside that somebody waits for: the answers to a request, and a body's help. */
const WAITED_FOR: Move['action'][] = ['extend', 'suspend', 'accept_appeal', 'refuse', 'assist']

/** The moves as they are laid out: the one that leads on, others that lead on, and those aside. */
export function layOut(moves: Move[]): { first: Move | undefined; onward: Move[]; aside: Move[] } {
  const leads = (it: Move) => !it.danger && (!it.side || WAITED_FOR.includes(it.action))
  const first = moves.find(leads)
  const rest = moves.filter((it) => it !== first)
  const onward = rest.filter(leads)
  const aside = rest.filter((it) => !leads(it)).toSorted((a, b) => Number(a.danger) - Number(b.danger))
  return { first, onward, aside }
}
