// The main job: a report goes all six steps as six people at six screens, and each sees it come without reloading.
import type { Browser, Page } from '@playwright/test'
import { photo } from './photo'
import { expect, logInAs, test, watch } from './support'

interface Meta {
  map: { bounds: [number, number, number, number] }
}
interface Desk {
  facts: { state: string; satisfaction: string; passed: boolean }
  photos: { point: unknown }[]
  timeline: { action: string; actor_name: string }[]
}

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
const wrong: string[][] = []
/** Somebody at a screen of their own, who never reloads it. */
async function sit(browser: Browser, baseURL: string, role: string, path: string, device = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: { width: 1440, height: 900 }, ...device })
  const page = await context.newPage()
  wrong.push(watch(page, baseURL))
  await logInAs(page, role)
  await page.goto(path)
  await expect(page.locator('header .live')).toHaveClass(/on/)
  await page.evaluate(() => Object.assign(window, { seated: true }))
  return page
}
test.afterEach(() => expect(wrong.splice(0).flat()).toEqual([]))

const middle = async (page: Page) => {
  const { map } = (await (await page.request.get('/api/meta')).json()) as Meta
  const [west, south, east, north] = map.bounds
  return { lng: (west + east) / 2, lat: (south + north) / 2 }
}
/** The case comes into the inbox by itself; it is opened from there. */
async function take(page: Page, what: string) {
  const row = page.locator('.inbox-list li', { hasText: what })
  await expect(row).toBeVisible()
  await row.getByRole('link').click()
  await expect(page.locator('.desk .text')).toHaveText(what)
}
const form = (page: Page, move: string) => page.getByRole('form', { name: move, exact: true })
const go = (page: Page, move: string) => form(page, move).getByRole('button', { name: move, exact: true }).click()
const chip = (page: Page) => page.locator('.desk .head .jw-chip').first()

test('six people bring one report through all six steps, each page following by itself', async ({ page, browser, baseURL }) => {
  test.setTimeout(240_000)
  const what = `路面塌陷约半米，需围挡 ${Date.now()}`
  const place = await middle(page)
  const worker = await sit(browser, baseURL!, '网格员', '/report', PHONE)
  const acceptor = await sit(browser, baseURL!, '受理员', '/inbox?state=reported')
  const lead = await sit(browser, baseURL!, '值班长', '/inbox')
  const dispatcher = await sit(browser, baseURL!, '派遣员', '/inbox')
  const clerk = await sit(browser, baseURL!, '单位经办', '/inbox?state=dispatched')
  const checker = await sit(browser, baseURL!, '核查员', '/inbox')
  const six = [worker, acceptor, lead, dispatcher, clerk, checker]
  const badge = async (who: Page) => Number((await who.locator('.side a[href="/inbox"] .count').textContent()) ?? 0)
  const waiting = await badge(lead)

  // 采集上报: from the phone, with a photo that knows where it was taken.
  await worker.getByLabel('情况描述').fill(what)
  await worker.locator('[data-part=photo-input]').setInputFiles(await photo(worker, '现场', place))
  await expect(worker.getByText('位置取自照片')).toBeVisible()
  await expect(worker.locator('.place .note')).toContainText('位于')
  await worker.getByRole('button', { name: '上报', exact: true }).click()
  await expect(worker.getByRole('heading', { name: '已上报' })).toBeVisible()
  const number = (await worker.locator('.sent code').textContent())!
  expect(number).toMatch(/^\d{4}-\d{6}$/)
  await worker.getByRole('button', { name: '查看案件' }).click()
  await expect(chip(worker)).toHaveText('待受理')
  const id = worker.url().split('/').at(-1)!

  // 核实立案: the acceptor accepts, the shift lead files under a standard found by a word.
  await take(acceptor, what)
  await expect.poll(() => acceptor.locator('.desk .strip img').evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBeGreaterThan(0)
  await go(acceptor, '受理')
  await expect(chip(acceptor)).toHaveText('待立案')
  await expect(chip(worker)).toHaveText('待立案')
  await take(lead, what)
  await expect.poll(() => badge(lead)).toBe(waiting + 1)
  await form(lead, '立案').getByRole('searchbox').fill('道路破损')
  await form(lead, '立案').getByRole('radio').first().check()
  await go(lead, '立案')
  await expect(chip(lead)).toHaveText('待派遣')
  await expect.poll(() => badge(lead)).toBe(waiting)

  // 指挥派遣: to the clerk's body, found by its name.
  const me = (await (await clerk.request.get('/api/session')).json()) as { user: { body: string } }
  await take(dispatcher, what)
  await form(dispatcher, '派遣').getByRole('searchbox').fill(me.user.body)
  await form(dispatcher, '派遣').locator(`input[value="${me.user.body}"]`).check()
  await form(dispatcher, '派遣').getByLabel('说明').fill('请先围挡')
  await go(dispatcher, '派遣')
  await expect(chip(dispatcher)).toHaveText('待接收')

  // 处理反馈: received, done, with a photo of it.
  await take(clerk, what)
  await expect(clerk.locator('.timeline')).toContainText('请先围挡')
  await go(clerk, '接收')
  await expect(chip(clerk)).toHaveText('处理中')
  await form(clerk, '处理反馈').getByLabel('处理结果').fill('已回填并恢复路面')
  await clerk.locator('[data-part=photo-input]').setInputFiles(await photo(clerk, '修好'))
  await expect(clerk.locator('.photos .item.done')).toHaveCount(1)
  await go(clerk, '处理反馈')
  await expect(chip(clerk)).toHaveText('待核查')
  await expect(chip(dispatcher)).toHaveText('待核查')

  // 核查结案: whoever was looking has the next move before them.
  await go(acceptor, '发起核查')
  await take(checker, what)
  await expect(checker.getByRole('heading', { name: '处理后' })).toBeVisible()
  await go(checker, '核查反馈')
  await expect(form(checker, '核查反馈').getByRole('alert')).toContainText('请填写此项')
  await form(checker, '核查反馈').getByText('是', { exact: true }).click()
  await checker.locator('[data-part=photo-input]').setInputFiles(await photo(checker, '核查'))
  await expect(checker.locator('.photos .item.done')).toHaveCount(1)
  await go(checker, '核查反馈')
  await expect(chip(lead)).toHaveText('待结案')
  await go(lead, '结案')
  await expect(chip(acceptor)).toHaveText('已结案')

  // 考核评价: the acceptor has called the reporter back.
  await acceptor.getByRole('navigation', { name: '其他操作' }).getByRole('button', { name: '评价' }).click()
  await form(acceptor, '评价').getByText('满意', { exact: true }).click()
  await go(acceptor, '评价')
  await expect(acceptor.locator('.steps .done')).toHaveCount(6)

  // The worker's phone has followed all along.
  await expect(chip(worker)).toHaveText('已结案')
  await expect(worker.locator('.steps .done')).toHaveCount(6)
  await expect(worker.locator('.timeline > li')).toHaveCount(10)
  await expect(worker.locator('.timeline > li').first()).toContainText('满意')
  await expect(worker.locator('.desk .strip img')).toHaveCount(3)
  for (const who of six) expect(await who.evaluate(() => 'seated' in window)).toBe(true)

  const desk = (await (await worker.request.get(`/api/cases/${id}`)).json()) as Desk
  expect(desk.facts).toMatchObject({ state: 'closed', satisfaction: 'satisfied', passed: true })
  expect(desk.timeline.map((it) => it.action)).toEqual(['report', 'accept', 'file', 'dispatch', 'receive', 'handle', 'send_check', 'check', 'close', 'evaluate'])
  expect(new Set(desk.timeline.map((it) => it.actor_name)).size).toBe(6)
  expect(desk.photos).toHaveLength(3)
  expect(desk.photos[0]!.point).toMatchObject({ lng: expect.closeTo(place.lng, 4), lat: expect.closeTo(place.lat, 4) })
  for (const who of six) await who.context().close()
})

/** A report by way of the API, for tests that begin later. */
async function reported(page: Page, what: string): Promise<string> {
  const answer = await page.request.post('/api/cases', { data: { source: 'hotline', description: what, point: await middle(page) } })
  expect(answer.ok()).toBe(true)
  return ((await answer.json()) as { id: string }).id
}

test('when another is faster, one is told what happened and loses nothing', async ({ browser, baseURL }) => {
  const slow = await sit(browser, baseURL!, '受理员', '/inbox')
  const id = await reported(slow, `窨井盖移位 ${Date.now()}`)
  await slow.goto(`/cases/${id}`)
  await form(slow, '受理').getByLabel('说明').fill('已电话联系权属单位')
  const fast = await sit(browser, baseURL!, '受理员', `/cases/${id}`)
  await go(fast, '受理')
  // The slow one's page follows by itself, and what was typed can still be of use.
  const panel = slow.getByRole('region', { name: '下一步' })
  await expect(panel).toContainText('案件有了变化')
  await expect(panel).toContainText('现在已不能“受理”')
  await panel.getByRole('button', { name: '转为备注' }).click()
  await go(slow, '备注')
  await expect(fast.locator('.timeline')).toContainText('已电话联系权属单位')

  // A page that news does not reach is refused with what has happened, and keeps what was typed.
  await slow.route('**/api/events', (route) => route.abort())
  await slow.reload()
  await form(slow, '发起核实').getByLabel('说明').or(slow.getByRole('button', { name: '发起核实' })).first().waitFor()
  await slow.getByRole('navigation', { name: '其他操作' }).getByRole('button', { name: '发起核实' }).click()
  await form(slow, '发起核实').getByLabel('说明').fill('请到现场看一下')
  await fast.getByRole('navigation', { name: '其他操作' }).getByRole('button', { name: '备注' }).click()
  await form(fast, '备注').getByLabel('备注内容').fill('市民又来电催办')
  await go(fast, '备注')
  await expect(fast.locator('.timeline')).toContainText('市民又来电催办')
  await go(slow, '发起核实')
  await expect(panel).toContainText('请看过变化后再提交')
  await expect(form(slow, '发起核实').getByLabel('说明')).toHaveValue('请到现场看一下')
  await expect(slow.locator('.timeline')).toContainText('市民又来电催办')
  await go(slow, '发起核实')
  await expect(chip(slow)).toHaveText('核实中')
  for (const who of [slow, fast]) await who.context().close()
})

test('a report written without a network is kept, and sent once when it is back', async ({ browser, baseURL }) => {
  const what = `路灯不亮 ${Date.now()}`
  const worker = await sit(browser, baseURL!, '网格员', '/report', PHONE)
  await worker.getByLabel('情况描述').fill(what)
  await worker.locator('[data-part=photo-input]').setInputFiles(await photo(worker, '路灯', await middle(worker)))
  await expect(worker.getByText('位置取自照片')).toBeVisible()
  // The draft outlives the page, photo and place included.
  await worker.reload()
  await expect(worker.getByText('已恢复上次未发出的草稿')).toBeVisible()
  await expect(worker.getByLabel('情况描述')).toHaveValue(what)
  await expect(worker.locator('.photos .item.done')).toHaveCount(1)

  // The server gets the first try, but its answer is lost on the way.
  await worker.route('**/api/cases', async (route) => {
    await route.fetch()
    await route.abort()
  })
  await worker.getByRole('button', { name: '上报', exact: true }).click()
  await expect(worker.getByText('恢复后自动发出')).toBeVisible()
  await worker.unroute('**/api/cases')
  await worker.evaluate(() => dispatchEvent(new Event('online')))
  await expect(worker.getByRole('heading', { name: '已上报' })).toBeVisible()
  const found = (await (await worker.request.get(`/api/cases?text=${encodeURIComponent(what)}`)).json()) as { items: unknown[] }
  expect(found.items).toHaveLength(1)
  await worker.reload()
  await expect(worker.getByLabel('情况描述')).toHaveValue('')
  await worker.context().close()
})

test('the inbox is worked by keyboard, and nothing moves under the hand', async ({ browser, baseURL }) => {
  const acceptor = await sit(browser, baseURL!, '受理员', '/inbox?state=reported')
  const rows = acceptor.locator('.inbox-list li')
  await expect(rows.first().getByRole('link')).toHaveAttribute('aria-current', 'true')
  await acceptor.keyboard.press('j')
  await expect(rows.nth(1).getByRole('link')).toHaveAttribute('aria-current', 'true')
  await acceptor.keyboard.press('k')
  await acceptor.keyboard.press('?')
  await expect(acceptor.getByRole('dialog', { name: '快捷键' })).toBeVisible()
  await acceptor.keyboard.press('Escape')
  await expect(acceptor.getByRole('dialog', { name: '快捷键' })).toBeHidden()

  // While the pointer is over the list a new case waits outside; when it leaves, the case comes in.
  await rows.first().hover()
  const what = `护栏损坏 ${Date.now()}`
  await reported(acceptor, what)
  await expect(acceptor.getByRole('button', { name: '1 件新到' })).toBeVisible()
  await expect(acceptor.locator('.inbox-list li', { hasText: what })).toHaveCount(0)
  await acceptor.mouse.move(1300, 850)
  await expect(acceptor.locator('.inbox-list li', { hasText: what })).toBeVisible()

  // Enter begins the move, Ctrl+Enter sends it, Enter goes on to the next case.
  await expect(chip(acceptor)).toHaveText('待受理')
  const first = (await acceptor.locator('.desk .text').textContent())!
  await acceptor.keyboard.press('Enter')
  await acceptor.keyboard.type('键盘受理')
  await acceptor.keyboard.press('Control+Enter')
  await expect(chip(acceptor)).toHaveText('待立案')
  await expect(acceptor.locator('.timeline > li').first()).toContainText('键盘受理')
  await expect(acceptor.getByRole('button', { name: '下一件' })).toBeFocused()
  await acceptor.keyboard.press('Enter')
  await expect(acceptor.locator('.desk .text')).not.toHaveText(first)
  await acceptor.context().close()
})
