// A report about a component: found from the plate on its post, by nearness or by its number, and followed to its case.
import type { Page } from '@playwright/test'
import { expect, logInAs, test } from './support'

interface Component {
  code: string
  name: string
  sequence: number
  place: string | null
  point: { lng: number; lat: number }
}
const PHONE = { width: 390, height: 844 }

/** Some that stand in the demo district. */
async function register(page: Page): Promise<Component[]> {
  const { items } = (await (await page.request.get('/api/components?state=good&limit=20')).json()) as { items: Component[] }
  expect(items.length).toBeGreaterThan(2)
  return items
}
const labelOf = (it: Component) => `${it.name} ${String(it.sequence).padStart(6, '0')}`
const card = (page: Page) => page.getByRole('region', { name: '已选部件' })
async function send(page: Page) {
  await page.getByRole('button', { name: '上报', exact: true }).click()
  await expect(page.getByRole('heading', { name: '已上报' })).toBeVisible()
  return (await page.locator('.sent code').textContent())!
}

test('the plate on a post leads to a report about it, and its case to all others of it', async ({ watched: page }) => {
  await page.setViewportSize(PHONE)
  await logInAs(page, '网格员')
  const it = (await register(page))[0]!
  await page.goto(`/report?component=${it.code}`)
  await expect(card(page)).toContainText(labelOf(it))
  await expect(card(page)).toContainText(it.code)
  await expect(page).toHaveURL(/\/report$/)
  await expect(page.locator('.place .note')).toContainText('位于')

  // The draft keeps it over a reload.
  await page.getByLabel('情况描述').fill(`整夜不亮 ${Date.now()}`)
  await page.reload()
  await expect(card(page)).toContainText(labelOf(it))
  const first = await send(page)
  await page.getByRole('button', { name: '查看案件' }).click()
  const fact = page.locator('.jw-facts .fact')
  await expect(fact).toContainText(labelOf(it))
  await expect(fact.getByRole('link', { name: labelOf(it) })).toHaveAttribute('href', `/components/${it.code}`)

  // Whoever reports it again is told.
  await page.goto(`/report?component=${it.code}`)
  const known = page.locator('.found li', { hasText: first })
  await expect(known).toContainText('同一部件')
  await page.getByLabel('情况描述').fill(`仍然不亮 ${Date.now()}`)
  const second = await send(page)

  await page.getByRole('button', { name: '查看案件' }).click()
  await fact.getByRole('link', { name: '其他案件' }).click()
  await expect(page.locator('.chips')).toContainText(labelOf(it))
  await expect(page.locator('.case-table')).toContainText('仍然不亮')
  await expect(page.locator('.case-table')).toContainText('整夜不亮')
  expect(second).not.toBe(first)
  await page.locator('.chips').getByRole('button', { name: new RegExp(labelOf(it)) }).click()
  await expect(page).toHaveURL(/\/cases$/)
})

test('a component is found around one’s position or by its number, and another place takes it off', async ({ page, context }) => {
  await logInAs(page, '网格员')
  const [here, other] = (await register(page)) as [Component, Component]
  await context.grantPermissions(['geolocation'])
  await context.setGeolocation({ longitude: here.point.lng, latitude: here.point.lat })
  await page.goto('/report')
  await page.getByText('选择部件', { exact: true }).click()
  const lines = page.getByRole('list', { name: '附近的部件' }).getByRole('button')
  await expect(lines.first()).toContainText(/\d+ 米/)
  const nearest = (await lines.first().locator('b').textContent())!
  await lines.first().click()
  await expect(card(page)).toContainText(nearest)
  await expect(page.getByLabel('位置描述')).toHaveValue(new RegExp(nearest))
  await card(page).getByRole('button', { name: `取消选择部件：${nearest}` }).click()
  await expect(card(page)).toHaveCount(0)
  await expect(page.getByLabel('位置描述')).toHaveValue('')

  // By keyboard: its code in the box, an arrow down, Enter.
  await page.getByRole('searchbox', { name: '查找部件' }).fill(other.code)
  await expect(page.getByRole('list', { name: '找到的部件' }).getByRole('button')).toHaveCount(1)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(card(page)).toContainText(other.code)
  await page.getByText('地图选点', { exact: true }).click()
  await page.locator('.place canvas').click({ position: { x: 60, y: 60 } })
  await expect(card(page)).toHaveCount(0)
  await expect(page.locator('.place .note')).toContainText('位于')
})

test('a draft about another place is not moved unasked', async ({ watched: page }) => {
  await logInAs(page, '网格员')
  const it = (await register(page))[1]!
  await page.goto('/report')
  await page.getByLabel('情况描述').fill('河边有垃圾')
  await page.goto(`/report?component=${it.code}`)
  await expect(page.getByText(`扫码部件：${labelOf(it)}`)).toBeVisible()
  await expect(page.getByLabel('情况描述')).toHaveValue('河边有垃圾')
  await expect(card(page)).toHaveCount(0)
  await page.getByRole('button', { name: '清空草稿，另报此部件' }).click()
  await expect(card(page)).toContainText(it.code)
  await expect(page.getByLabel('情况描述')).toHaveValue('')
})

test('the hotline takes a component among the places, all by keyboard', async ({ watched: page }) => {
  await logInAs(page, '受理员')
  const it = (await register(page))[2]!
  await page.goto('/hotline')
  await page.locator('#call-what').fill(`井盖晃动 ${Date.now()}`)
  await page.locator('#call-where').focus()
  await page.keyboard.type(it.code)
  const options = page.getByRole('listbox', { name: '找地点' }).getByRole('option')
  await expect(options.filter({ hasText: labelOf(it) })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const chip = page.locator('.component-chip')
  await expect(chip).toContainText(labelOf(it))
  await expect(page.locator('#call-where')).toHaveValue(new RegExp(labelOf(it)))

  // Taken off and put on again.
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(chip).toHaveCount(0)
  await expect(page.locator('#call-where')).toBeFocused()
  await page.keyboard.type(it.code)
  await expect(options.filter({ hasText: labelOf(it) })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(chip).toContainText(labelOf(it))
  await page.keyboard.press('Control+Enter')
  await expect(page.locator('.last')).toContainText('已登记')
  const id = (await page.locator('.last a').getAttribute('href'))!.split('/').at(-1)!
  const { facts } = (await (await page.request.get(`/api/cases/${id}`)).json()) as { facts: { component: { code: string } } }
  expect(facts.component.code).toBe(it.code)
})
