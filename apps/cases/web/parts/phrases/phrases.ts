// The standard phrases, read once for all the forms of a session and again when they have changed.
import { shallowRef, watch } from 'vue'
import { api, ask } from '@/api/client'
import type { CaseFacts, Phrase } from '@/api/types'
import { useSession } from '@/session'
import { nameOf, pathOf } from '../words'

export const phrases = shallowRef<Phrase[] | null>(null)

const { me } = useSession()
// Another user has other phrases.
watch(
  () => me.value?.user.id,
  () => (phrases.value = null),
)

export async function readPhrases(again = false) {
  if (phrases.value && !again) return
  const whose = me.value?.user.id
  const list = await ask(api.GET('/api/phrases'))
  if (me.value?.user.id === whose) phrases.value = list
}

type Known = Pick<CaseFacts, 'number' | 'place' | 'area' | 'class' | 'body'>

/** What the place-holders stand for on this case. */
export function valuesOf(facts: Known): Record<string, string> {
  const area = pathOf(facts.area)
  return { number: facts.number, place: facts.place || area, area, class: nameOf(facts.class), body: nameOf(facts.body) }
}
