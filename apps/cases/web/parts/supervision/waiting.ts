// How many supervision orders wait for the user: the badge in the menu, kept true by the news.
import { shallowRef } from 'vue'
import { api, ask } from '@/api/client'
import type { OrderCounts } from '@/api/types'
import { listenLive } from '@/live'
import { can } from '@/session'
import { calm } from '../calm'

export const waiting = shallowRef<OrderCounts | null>(null)

let stop: (() => void) | undefined

async function read() {
  if (!can(['cases.order', 'cases.order_answer'])) return
  try {
    waiting.value = await ask(api.GET('/api/orders/counts'))
  } catch {
    // The badge keeps its last number; the page itself says when the server does not answer.
  }
}

/** Once after log-in: another user has other orders. */
export function keepWaiting() {
  stop?.()
  waiting.value = null
  const soon = calm(() => void read())
  stop = listenLive(['cases.order'], soon, soon)
  void read()
}
