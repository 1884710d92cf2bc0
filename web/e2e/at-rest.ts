// Before the first test: a new demo has counted up its past. The jobs that do so keep the one writer of a debug build busy
// for a minute, and what a test waits for would come late.
import { request, type FullConfig } from '@playwright/test'

const PATIENCE = 300_000

export default async function atRest(config: FullConfig) {
  const baseURL = config.projects[0]!.use.baseURL!
  const api = await request.newContext({ baseURL, extraHTTPHeaders: { origin: baseURL } })
  const meta = (await (await api.get('/api/meta')).json()) as { demo_accounts: { login: string; password: string; role_en: string }[] }
  const admin = meta.demo_accounts.find((it) => it.role_en === 'System administrator')!
  await api.post('/api/session', { data: { login: admin.login, password: admin.password } })
  const begun = Date.now()
  for (;;) {
    const jobs = (await (await api.get('/api/jobs')).json()) as { name: string; running: boolean; succeeded_at: string | null }[]
    const busy = jobs.filter((it) => it.running || !it.succeeded_at).map((it) => it.name)
    if (!busy.length) break
    if (Date.now() - begun > PATIENCE) throw new Error(`still at work: ${busy.join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  await api.dispose()
}
