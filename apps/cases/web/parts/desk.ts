// One case, read and kept true while it is looked at.
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { api, ask } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { CaseDesk, TimelineEntry } from '@/api/types'
import { useLive } from '@/live'

export interface DeskState {
  desk: Ref<CaseDesk | null>
  /** What is shown belongs to a case that was looked at before; the one asked for is on its way. */
  turning: Ref<boolean>
  problem: Ref<ProblemError | null>
  /** The case has left the user's reach; what is shown is what was seen last. */
  gone: Ref<boolean>
  /** What others did since the case was opened, newest first. */
  news: Ref<TimelineEntry[]>
  /** Ids of the entries that came while one was looking. */
  fresh: Ref<Set<string>>
  reload: () => Promise<void>
  /** A move of one's own is no news. */
  mine: (entry: string) => void
}

export function useDesk(id: () => string): DeskState {
  const desk = shallowRef<CaseDesk | null>(null)
  const problem = shallowRef<ProblemError | null>(null)
  const gone = ref(false)
  const news = shallowRef<TimelineEntry[]>([])
  const fresh = shallowRef(new Set<string>())
  const own = new Set<string>()
  let turn = 0

  async function reload() {
    const mine = ++turn
    const asked = id()
    if (!asked) return
    try {
      const answer = await ask(api.GET('/api/cases/{id}', { params: { path: { id: asked } } }))
      if (mine !== turn) return
      const seen = desk.value?.facts.id === asked ? new Set(desk.value.timeline.map((it) => it.id)) : null
      const come = seen ? answer.timeline.filter((it) => !seen.has(it.id)) : []
      if (come.length) {
        fresh.value = new Set([...fresh.value, ...come.map((it) => it.id)])
        news.value = [...come.filter((it) => !own.has(it.id)).toReversed(), ...news.value]
      }
      desk.value = answer
      problem.value = null
      gone.value = false
    } catch (thrown) {
      if (mine !== turn) return
      const refused = ProblemError.from(thrown)
      if (refused.status === 404 && desk.value?.facts.id === asked) {
        gone.value = true
        desk.value = { ...desk.value, moves: [] }
      } else problem.value = refused
    }
  }

  watch(
    id,
    (now) => {
      problem.value = null
      gone.value = false
      news.value = []
      fresh.value = new Set()
      if (!now) desk.value = null
      void reload()
    },
    { immediate: true },
  )
  useLive(
    ['cases.changed'],
    (event) => {
      const shown = desk.value?.facts
      if (event.id === id() && (shown?.id !== event.id || (event.version ?? Infinity) > shown.version)) void reload()
    },
    () => void reload(),
  )
  const turning = computed(() => desk.value !== null && desk.value.facts.id !== id())
  return { desk, turning, problem, gone, news, fresh, reload, mine: (entry) => own.add(entry) }
}
