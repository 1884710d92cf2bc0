// The typed door to the server. Pages write `await ask(api.GET('/api/users', { params: { query: { text } } }))`
// and get the answer or a thrown ProblemError.
import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from './schema'
import { ProblemError } from './problem'

let language = 'zh-CN'
let onNoSession: () => void = () => {}

/** The language the server should answer in. */
export function setApiLanguage(tag: string) {
  language = tag
}
export function apiLanguage(): string {
  return language
}

/** What happens when the session has ended: the shell goes to the log-in page. */
export function whenNoSession(action: () => void) {
  onNoSession = action
}

/** For the few requests outside the client (uploads with progress): one place decides what a 401 means. */
export function noteRefusal(problem: ProblemError) {
  if (problem.status === 401) onNoSession()
}

// A page that refreshes itself must not keep a session alive at a desk that nobody sits at.
const UNATTENDED_AFTER = 60_000
let touchedAt = Date.now()
if (typeof window !== 'undefined') {
  for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
    window.addEventListener(sign, () => (touchedAt = Date.now()), { passive: true, capture: true })
  }
}

const problems: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', language)
    if (Date.now() - touchedAt > UNATTENDED_AFTER) request.headers.set('X-Unattended', '1')
    return request
  },
  async onResponse({ response, schemaPath }) {
    if (response.ok) return
    const problem = await ProblemError.of(response)
    // At the session's own address a 401 is an answer ("nobody", "wrong password"), not the end of a session.
    if (schemaPath !== '/api/session') noteRefusal(problem)
    throw problem
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return
    return ProblemError.from(error)
  },
}

export const api = createClient<paths>({
  baseUrl: '',
  credentials: 'same-origin',
  // area=a,b rather than area=a&area=b
  querySerializer: { array: { style: 'form', explode: false } },
})
api.use(problems)

/** The answer's body; the client throws on every refusal, so there is always one. */
export async function ask<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}
