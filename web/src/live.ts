// News as it happens: one stream of server-sent events for the whole console.
import { onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { useSession } from './session'

export interface LiveEvent {
  topic: string
  /** Id of the record that changed. */
  id?: string
  number?: string
  action?: string
  state?: string
  area?: string
  body?: string | null
  version?: number
  /** Of `grid.changed`: what changed, and its code. */
  what?: string
  code?: string
}
type Handler = (event: LiveEvent) => void
interface Listener {
  topics: string[]
  handler: Handler
  refresh: (() => void) | undefined
}

/** on: news arrives; wait: connecting; off: lost, trying again. */
export const liveState = ref<'on' | 'wait' | 'off'>('wait')

const listeners = new Set<Listener>()
const bound = new Set<string>()
let source: EventSource | undefined
let retry: ReturnType<typeof setTimeout> | undefined
let attempts = 0
let missed = false
let hiddenAt = 0
const HIDDEN_FOR = 60_000

function bind(topic: string) {
  if (!source || bound.has(topic)) return
  bound.add(topic)
  source.addEventListener(topic, (message) => {
    let data: Omit<LiveEvent, 'topic'> = {}
    try {
      data = JSON.parse((message as MessageEvent<string>).data) as LiveEvent
    } catch {
      // An event without a readable body still says that something changed.
    }
    for (const listener of listeners) if (listener.topics.includes(topic)) listener.handler({ ...data, topic })
  })
}

function connect() {
  clearTimeout(retry)
  source?.close()
  bound.clear()
  source = new EventSource('/api/events')
  for (const listener of listeners) listener.topics.forEach(bind)
  source.addEventListener('open', () => {
    attempts = 0
    liveState.value = 'on'
    // Between the loss and now something may have happened that nobody will repeat.
    if (missed) for (const listener of listeners) listener.refresh?.()
    missed = false
  })
  // The server says that news was missed, longer ago than it remembers.
  source.addEventListener('resync', () => {
    for (const listener of listeners) listener.refresh?.()
  })
  source.addEventListener('error', () => {
    missed = true
    liveState.value = attempts > 1 ? 'off' : 'wait'
    attempts++
    // The browser tries again by itself after a cut, but not after a refusal (such as a restart behind a proxy).
    if (source?.readyState === EventSource.CLOSED) {
      retry = setTimeout(connect, Math.min(30_000, 1000 * 2 ** attempts) * (0.7 + Math.random() * 0.6))
    }
  })
}

function disconnect() {
  clearTimeout(retry)
  source?.close()
  source = undefined
  bound.clear()
  liveState.value = 'wait'
}

/** Keeps the stream while somebody is logged in. Called once, by the shell. */
export function keepLive() {
  const { me } = useSession()
  // A browser opens few connections to one host: a page out of sight for long gives its own back.
  let parked: ReturnType<typeof setTimeout> | undefined
  const onVisible = () => {
    clearTimeout(parked)
    if (document.hidden) {
      hiddenAt = Date.now()
      parked = setTimeout(disconnect, HIDDEN_FOR)
    } else if (me.value && (!source || Date.now() - hiddenAt > HIDDEN_FOR)) {
      missed = true
      connect()
    }
  }
  watch(me, (who) => (who ? connect() : disconnect()), { immediate: true })
  onMounted(() => document.addEventListener('visibilitychange', onVisible))
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', onVisible)
    clearTimeout(parked)
    disconnect()
  })
}

/**
 * Calls `handler` for each event of the topics while the component lives, and `refresh` when events may have been
 * missed (a lost connection, a page long out of sight): read your data again there.
 */
export function useLive(topics: string[], handler: Handler, refresh?: () => void) {
  const listener: Listener = { topics, handler, refresh }
  onMounted(() => {
    listeners.add(listener)
    topics.forEach(bind)
  })
  onBeforeUnmount(() => listeners.delete(listener))
}

/** The same outside a component, for an app's `start`; returns the function that ends it. */
export function listenLive(topics: string[], handler: Handler, refresh?: () => void): () => void {
  const listener: Listener = { topics, handler, refresh }
  listeners.add(listener)
  topics.forEach(bind)
  return () => listeners.delete(listener)
}
