// Shared by the browser tests: logging in as a role, and watching a page for what must never happen.
import { expect, type Page, test as base } from '@playwright/test'

export interface DemoAccount {
  login: string
  password: string
  name: string
  role_zh: string
  role_en: string
}

/** Notes what must never happen on a page: an uncaught error, an error in the console, a request to another host, a 5xx. */
export function watch(page: Page, baseURL: string): string[] {
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    // The browser reports each refused request by itself; tests that provoke a refusal look at the page instead.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) wrong.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^https?:$/.test(url.protocol) && url.origin !== new URL(baseURL).origin) wrong.push(`left the house: ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 500) wrong.push(`${response.status()} from ${response.url()}`)
  })
  return wrong
}

/** A test whose page is watched, and fails it. */
export const test = base.extend<{ watched: Page }>({
  watched: async ({ page, baseURL }, use) => {
    const wrong = watch(page, baseURL!)
    await use(page)
    expect(wrong).toEqual([])
  },
})
export { expect }

export async function accounts(page: Page): Promise<DemoAccount[]> {
  const meta = (await (await page.request.get('/api/meta')).json()) as { demo_accounts: DemoAccount[] }
  return meta.demo_accounts
}

/** Logs in through the page, by the card of the role. */
export async function logInAs(page: Page, role: string) {
  await page.goto('/log-in')
  await page.locator('.accounts button', { has: page.locator('b', { hasText: new RegExp(`^${role}$`) }) }).first().click()
  await expect(page.locator('header .user')).toBeVisible()
}
