// The list of what waits: read by pages, kept true by the news, held still while the hand is over it.
import { ref, shallowRef, watch, type Ref } from 'vue'
import { api, ask } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { CaseRow, Light } from '@/api/types'
import { useLive } from '@/live'
import { calm } from './calm'
import { merge, type Waiting } from './merge'

const PAGE = 50
const MOST = 200

export function useInbox(filter: { state: Ref<string>; light: Ref<string> }, chosen: Ref<string>) {
  const rows = shallowRef<Waiting[]>([])
  /** Cases that have come in and are not shown yet. */
  const held = ref(0)
  const hold = ref(false)
  const loading = ref(false)
  const loadingMore = ref(false)
  const problem = shallowRef<ProblemError | null>(null)
  const next = ref<string | null>(null)
  let turn = 0

  const readPage = (limit: number, after?: string) =>
    ask(
      api.GET('/api/cases', {
        params: {
          query: {
            inbox: true,
            sort: 'due',
            limit,
            ...(after ? { after } : {}),
            ...(filter.state.value ? { state: filter.state.value } : {}),
            ...(filter.light.value ? { light: filter.light.value as Light } : {}),
          },
        },
      }),
    )

  async function start() {
    const mine = ++turn
    loading.value = true
    problem.value = null
    try {
      const page = await readPage(PAGE)
      if (mine !== turn) return
      rows.value = page.items.map((row) => ({ row, gone: false, fresh: false }))
      next.value = page.next ?? null
      held.value = 0
    } catch (thrown) {
      if (mine !== turn) return
      problem.value = ProblemError.from(thrown)
      rows.value = []
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  /** Reads again what is shown and lets it in as far as nothing moves under the hand. */
  async function refresh(letIn = false) {
    if (loading.value) return
    const mine = turn
    const size = Math.min(MOST, Math.max(PAGE, rows.value.length + 10))
    try {
      const page = await readPage(size)
      if (mine !== turn) return
      const whole = !page.next
      const merged = merge(rows.value, page.items, { whole, hold: hold.value && !letIn, keep: chosen.value })
      rows.value = merged.rows
      held.value = merged.held
      problem.value = null
      if (whole) next.value = null
      else if (rows.value.length <= page.items.length) next.value = page.next ?? null
    } catch (thrown) {
      // What is on screen stays; only an empty list has nothing better to say.
      if (!rows.value.length) problem.value = ProblemError.from(thrown)
    }
  }

  async function more() {
    if (!next.value || loadingMore.value || loading.value) return
    const mine = turn
    loadingMore.value = true
    try {
      const page = await readPage(PAGE, next.value)
      if (mine !== turn) return
      const known = new Set(rows.value.map((it) => it.row.id))
      rows.value = [...rows.value, ...page.items.filter((row: CaseRow) => !known.has(row.id)).map((row) => ({ row, gone: false, fresh: false }))]
      next.value = page.next ?? null
    } catch (thrown) {
      problem.value = ProblemError.from(thrown)
    } finally {
      loadingMore.value = false
    }
  }

  watch([filter.state, filter.light], start)
  // The hand has left the list, or has gone on to another case: now things may move.
  const settle = calm(() => {
    if (!hold.value && (held.value || rows.value.some((it) => it.gone && it.row.id !== chosen.value))) void refresh()
  }, 250, 0)
  watch([hold, chosen], settle)
  const soon = calm(() => void refresh())
  useLive(['cases.changed'], soon, soon)
  void start()
  return { rows, held, hold, loading, loadingMore, problem, next, start, refresh, more }
}
