// How many messages wait to be read: the badge in the menu. Messages come by the hour, so asking once a minute is enough.
import { ref } from 'vue'
import { api, ask } from '@/api/client'
import { can } from '@/session'

export const unread = ref(0)

let timer: ReturnType<typeof setInterval> | undefined

export async function readUnread() {
  if (!can('cases.read') || document.hidden) return
  try {
    unread.value = (await ask(api.GET('/api/cases/messages/unread'))).unread
  } catch {
    // The badge keeps its last number; the page itself says when the server does not answer.
  }
}

/** Once after log-in: another user has other messages. */
export function keepUnread() {
  clearInterval(timer)
  unread.value = 0
  timer = setInterval(() => void readUnread(), 60_000)
  void readUnread()
}
