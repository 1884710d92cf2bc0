// Reports well received: a call written down by keyboard alone and merged while it lasts; an area without reports.
import type { Page } from '@playwright/test'
import { expect, logInAs, test } from './support'

const kept = (page: Page) => page.locator('.last')

test('a call is written down, merged and looked up again without touching the mouse', async ({ watched: page }) => {
  const stamp = String(Date.now()).slice(-8)
  const number = `138${stamp}`
  await logInAs(page, '受理员')
  await page.goto('/hotline')
  await expect(page.locator('#call-phone')).toBeFocused()

  // Number, name, what is said; the class is proposed and taken by a key, the place found by its words.
  await page.keyboard.type(number)
  await expect(page.getByText('该号码没有登记过')).toBeVisible()
  await expect(page.locator('.hotline aside')).not.toContainText(number)
  await page.keyboard.press('Tab')
  await page.keyboard.type('王女士')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(page.locator('#call-what')).toBeFocused()
  await page.keyboard.type(`雨水井盖破损翘起，有车压过很响 ${stamp}`)
  const guesses = page.getByRole('group', { name: '归类建议' }).getByRole('button')
  // The model is trained in the background as the district starts.
  await expect(async () => {
    await page.keyboard.type('。')
    await expect(guesses).toHaveCount(3, { timeout: 2000 })
  }).toPass({ timeout: 90_000 })
  await page.keyboard.press('Alt+1')
  await expect(guesses.first()).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Tab')
  await expect(page.locator('#call-where')).toBeFocused()
  const village = ((await (await page.request.get('/api/areas?level=village&limit=1')).json()) as { items: { name: string; code: string }[] }).items[0]!
  await page.keyboard.type(village.name)
  await expect(page.getByRole('listbox', { name: '找地点' }).getByRole('option').first()).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')

  // What is typed is still there after a reload, and the clock goes on.
  await page.waitForTimeout(1100)
  await page.reload()
  await expect(page.locator('#call-what')).toHaveValue(new RegExp(stamp))
  await expect(page.locator('#call-phone')).toHaveValue(number)
  await expect(page.locator('.timer')).not.toHaveText('0:00')
  await expect(guesses.first()).toHaveAttribute('aria-pressed', 'true')
  await page.keyboard.press('Control+Enter')
  await expect(kept(page)).toContainText('已登记')
  await expect(page.locator('#call-what')).toHaveValue('')
  await expect(page.locator('#call-phone')).toBeFocused()
  const first = (await kept(page).textContent())!.match(/\d{4}-\d{6}/)![0]

  // The same number calls again about the same thing: the earlier case is shown, and this report becomes part of it.
  await page.keyboard.type(number)
  await expect(page.locator('.hotline .earlier')).toContainText(first)
  for (const _ of [1, 2, 3]) await page.keyboard.press('Tab')
  await page.keyboard.type(`同一处雨水井盖还没修 ${stamp}`)
  await expect(guesses).toHaveCount(3)
  await page.keyboard.press('Tab')
  await page.keyboard.type(village.name)
  await expect(page.getByRole('listbox', { name: '找地点' }).getByRole('option').first()).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const twin = page.locator('.found li', { hasText: first })
  await expect(twin).toContainText('描述相近')
  await twin.getByRole('button', { name: '并入此案' }).press('Enter')
  await expect(page.getByText(`登记后并入 ${first}`)).toBeVisible()
  await page.keyboard.press('Control+Enter')
  await expect(kept(page)).toContainText(`并入 ${first}`)

  // The report tells how the main case fares, and the merge can be undone.
  await kept(page).getByRole('link').press('Enter')
  const family = page.locator('.family')
  await expect(family).toContainText(`已并入 ${first}`)
  await family.getByRole('button', { name: '撤销合并' }).click()
  await page.getByRole('dialog').getByLabel('撤销原因').fill('不是同一个井盖')
  await page.getByRole('dialog').getByRole('button', { name: '撤销合并' }).click()
  await expect(page.locator('.desk .head .jw-chip').first()).toHaveText('待受理')
  // Proposed at the desk, too.
  await expect(family).toContainText('疑似重复')
})

test('an area without reports is asked for, approved by another, and keeps reports out until it is taken back', async ({ watched: page }) => {
  const event = `灯会 ${Date.now()}`
  await logInAs(page, '派遣员')
  const village = ((await (await page.request.get('/api/areas?level=village&limit=1')).json()) as { items: { code: string }[] }).items[0]!.code
  await page.goto('/controls')
  await page.getByRole('button', { name: '申请管控' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '申请管控' }).click()
  await expect(dialog.getByText('请填写开始和结束时间')).toBeVisible()
  await page.keyboard.press('Escape')
  // The form's fields are the API's: the rest is asked for as the page does.
  const now = Date.now()
  const asked = await page.request.post('/api/controls', { data: { area: village, event, reason: '由现场指挥部统一受理', from: new Date(now - 60_000), to: new Date(now + 3_600_000) } })
  expect(asked.status()).toBe(200)
  await page.reload()
  const row = page.locator('tr, .card', { hasText: event }).first()
  await expect(row).toContainText('待审批')
  await expect(row.getByRole('button', { name: '批准', exact: true })).toHaveCount(0)

  await page.context().clearCookies()
  await logInAs(page, '领导')
  await page.goto('/controls')
  await row.getByRole('button', { name: '批准', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '批准', exact: true }).click()
  await expect(row).toContainText('生效中')
  await row.getByRole('button', { name: '撤销' }).click()
  await page.getByRole('dialog').getByLabel('原因').fill('活动提前结束')
  await page.getByRole('dialog').getByRole('button', { name: '撤销' }).click()
  await expect(row).toContainText('已撤销')
})
