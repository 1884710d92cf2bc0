// @vitest-environment happy-dom
// The stream of news: events reach those who asked, and whoever may have missed some is told to read again.
import { beforeEach, expect, it, vi } from 'vitest'
import { createApp, defineComponent, h, type Component } from 'vue'

class FakeSource extends EventTarget {
  static last: FakeSource
  static readonly CLOSED = 2
  readyState = 1
  constructor(readonly url: string) {
    super()
    FakeSource.last = this
  }
  close() {
    this.readyState = 2
  }
  news(topic: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(topic, { data: JSON.stringify(data) }))
  }
}
vi.stubGlobal('EventSource', FakeSource)
const { keepLive, liveState, useLive } = await import('../src/live')
const session = await import('../src/session')

function mount(setup: () => void) {
  const App: Component = defineComponent({ setup: () => (setup(), () => h('i')) })
  const app = createApp(App)
  app.mount(document.createElement('div'))
  return app
}

beforeEach(() => {
  session.useSession().me.value = { user: { id: '1', login: 'a', name: 'A', must_change: false }, roles: [], permissions: [], expires_at: '' }
})

it('hands an event to those who asked for its topic, while they live', () => {
  const seen: unknown[] = []
  const shell = mount(keepLive)
  const page = mount(() => useLive(['cases.changed'], (e) => seen.push(e)))
  FakeSource.last.news('cases.changed', { id: '7' })
  FakeSource.last.news('areas.changed', { id: '8' })
  page.unmount()
  FakeSource.last.news('cases.changed', { id: '9' })
  expect(seen).toEqual([{ topic: 'cases.changed', id: '7' }])
  shell.unmount()
})

it('asks for a refresh after a gap, not at the first connection', () => {
  const refresh = vi.fn()
  const shell = mount(keepLive)
  const page = mount(() => useLive(['cases.changed'], () => {}, refresh))
  FakeSource.last.dispatchEvent(new Event('open'))
  expect(liveState.value).toBe('on')
  expect(refresh).not.toHaveBeenCalled()
  FakeSource.last.dispatchEvent(new Event('error'))
  expect(liveState.value).toBe('wait')
  FakeSource.last.dispatchEvent(new Event('open'))
  expect(refresh).toHaveBeenCalledTimes(1)
  FakeSource.last.news('resync', {})
  expect(refresh).toHaveBeenCalledTimes(2)
  page.unmount()
  shell.unmount()
})
