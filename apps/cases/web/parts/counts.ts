// How many cases wait for the user: the badge in the menu and the chips of the inbox, kept true by the news.
import { shallowRef } from 'vue'
import { api, ask } from '@/api/client'
import type { CaseCounts } from '@/api/types'
import { listenLive } from '@/live'
import { can } from '@/session'
import { calm } from './calm'

export const counts = shallowRef<CaseCounts | null>(null)

let stop: (() => void) | undefined

async function read() {
  if (!can('cases.read')) return
  try {
    counts.value = await ask(api.GET('/api/cases/counts'))
  } catch {
    // The badge keeps its last number; the page itself says when the server does not answer.
  }
}

/** Once after log-in: another user has other counts. */
export function keepCounts() {
  stop?.()
  counts.value = null
  const soon = calm(() => void read())
  stop = listenLive(['cases.changed'], soon, soon)
  void read()
}
