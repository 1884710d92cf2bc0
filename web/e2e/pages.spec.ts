// Every page that a role's menu leads to, on a phone and on a desk, in both languages; and what the pages of lists,
// figures and the responsibility list promise.
import type { Page } from '@playwright/test'
import zh from '../src/messages/zh'
import { accounts, expect, logInAs, test, watch } from './support'

const ROLES = ['网格员', '受理员', '值班长', '派遣员', '单位经办', '单位负责人', '核查员', '领导', '网格管理员', '系统管理员', '安全管理员', '审计管理员']
const SIZES = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
]
/** A key that no text was found for shows as itself: the shell's begin with one of these words, an app's with its name. */
const KEY = new RegExp(`\\b(?:(?:${Object.keys(zh).join('|')})\\.[a-z]\\w*|(?:cases|components|grid)\\.[a-z]\\w*\\.\\w+)`)

/** What is wrong with the page as it stands. */
async function faults(page: Page, language: string): Promise<string[]> {
  const seen = await page.evaluate(() => {
    const main = document.querySelector('main')!
    const text = document.body.cloneNode(true) as HTMLElement
    // Codes are shown as they are.
    for (const it of text.querySelectorAll('code, .jw-mono, script, style')) it.remove()
    return {
      head: main.querySelector('h1')?.textContent?.trim() ?? '',
      over: Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth),
      text: text.textContent!,
    }
  })
  const found: string[] = []
  if (!seen.head) found.push('no h1')
  if (/[\u4e00-\u9fff]/.test(seen.head) !== (language === 'zh')) found.push(`h1 in another language: ${seen.head}`)
  if (seen.over > 0) found.push(`${seen.over} px too wide`)
  const key = KEY.exec(seen.text)
  if (key) found.push(`no text for ${key[0]}`)
  return found
}

for (const role of ROLES) {
  test(`${role}: each page of the menu stands on phone and desk, in Chinese and English`, async ({ page, browser, baseURL }) => {
    test.setTimeout(240_000)
    const known = (await accounts(page)).some((it) => it.role_zh === role)
    expect(known, 'the demo has an account for the role').toBe(true)
    await logInAs(page, role)
    const menu = await page.locator('.side a[href]').evaluateAll((links) => links.map((it) => it.getAttribute('href')!))
    expect(menu.length).toBeGreaterThan(0)
    const storageState = await page.context().storageState()
    const wrong: string[] = []
    for (const language of ['zh', 'en']) {
      for (const viewport of SIZES) {
        const context = await browser.newContext({ baseURL: baseURL!, storageState, viewport, locale: language === 'en' ? 'en-GB' : 'zh-CN' })
        await context.addInitScript((it) => localStorage.setItem('jingwei.language', it), language)
        const one = await context.newPage()
        const errors = watch(one, baseURL!)
        for (const path of menu) {
          await one.goto(path, { waitUntil: 'domcontentloaded' })
          await expect(one.locator('main h1').first(), `${path} at ${viewport.width}`).toBeVisible()
          await expect(one.locator('main [role=status][aria-label]')).toHaveCount(0)
          const found = await faults(one, language)
          wrong.push(...found.map((it) => `${path} ${language} ${viewport.width}: ${it}`))
        }
        wrong.push(...errors.map((it) => `${language} ${viewport.width}: ${it}`))
        await context.close()
      }
    }
    expect(wrong).toEqual([])
  })
}

test('the filters of the list stand in the address, survive a reload, and go one by one', async ({ watched: page }) => {
  await logInAs(page, '领导')
  await page.goto('/cases')
  const rows = page.locator('.case-table tbody tr')
  await expect(rows.first()).toBeVisible()
  await page.getByText('已结案', { exact: true }).first().click()
  await expect(page).toHaveURL(/state=closed/)
  const find = page.getByRole('textbox', { name: '编号、内容或地点' })
  await find.fill('井盖')
  await find.press('Enter')
  await expect(rows.first()).toContainText('井盖')
  await expect(rows.first()).toContainText('已结案')
  const first = await rows.first().textContent()
  await page.reload()
  await expect(rows.first()).toHaveText(first!)
  const chips = page.getByRole('list', { name: '筛选' })
  await expect(chips.getByRole('listitem')).toHaveCount(3)
  await chips.getByRole('button', { name: '移除条件：“井盖”' }).click()
  await expect(page).not.toHaveURL(/text=/)
  await expect(find).toHaveValue('')
  await chips.getByRole('button', { name: '移除条件：已结案' }).click()
  await expect(chips).toHaveCount(0)

  await page.getByText('地图', { exact: true }).click()
  await expect(page.locator('.case-map .maplibregl-canvas')).toBeVisible()
  await expect(page.locator('.case-map .legend')).toContainText('起')
  await page.reload()
  await expect(page.locator('.case-map .maplibregl-canvas')).toBeVisible()
})

test('a new case is told above the list, and comes in when one asks for it', async ({ watched: page }) => {
  await logInAs(page, '受理员')
  await page.goto('/cases')
  const rows = page.locator('.case-table tbody tr')
  await expect(rows.first()).toBeVisible()
  await expect(page.locator('header .live')).toHaveClass(/on/)
  const before = await rows.first().textContent()
  const description = `路灯不亮 ${Date.now()}`
  const status = await page.evaluate(async (text) => {
    const page = (await (await fetch('/api/cases?limit=1')).json()) as { items: { area: { code: string } }[] }
    const body = JSON.stringify({ source: 'hotline', description: text, area: page.items[0]!.area.code })
    return (await fetch('/api/cases', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status
  }, description)
  expect(status).toBe(200)
  const news = page.getByRole('button', { name: /有 \d+ 条新案件/ })
  await expect(news).toBeVisible()
  await expect(rows.first()).toHaveText(before!)
  await news.click()
  await expect(rows.first()).toContainText(description)
  await expect(news).toHaveCount(0)
})

test('figures lead a group lower, and each number to the cases that it counts', async ({ watched: page }) => {
  await logInAs(page, '领导')
  await page.goto('/figures?period=year')
  const table = page.locator('.figures table')
  const town = table.locator('tbody tr').first()
  const closed = (await town.locator('td').nth(4).textContent())!
  await town.locator('td').nth(4).getByRole('link').click()
  await expect(page).toHaveURL(/\/cases\?.*state=closed/)
  await expect(page.locator('.case-table tbody tr').first()).toContainText('已结案')
  await page.goBack()
  await expect(town.locator('td').nth(4)).toHaveText(closed)
  const name = (await town.locator('th a').textContent())!
  await town.locator('th a').click()
  await expect(page).toHaveURL(/by=village/)
  await expect(page.getByRole('button', { name: `移除条件：${name}` })).toBeVisible()
  await expect(table.locator('tfoot td').nth(4)).toHaveText(closed)
  await page.getByText('按月', { exact: true }).click()
  await expect(table.locator('tbody th').first()).toHaveText(/^\d{4}-\d{2}$/)
  await page.reload()
  await expect(table.locator('tbody th').first()).toHaveText(/^\d{4}-\d{2}$/)
})

test('the list in force comes back unchanged; a new one is looked at, put in force, and corrected', async ({ watched: page }) => {
  await logInAs(page, '值班长')
  await page.goto('/standards/import')
  const drop = page.locator('[data-part=file-drop]')
  const tile = (word: string) => page.locator('.tiles > div', { hasText: word }).locator('b')
  const exported = await page.request.get('/api/cases/standards/export?format=xlsx&lang=zh')
  expect(exported.ok()).toBe(true)
  await drop.setInputFiles({ name: '责任清单.xlsx', mimeType: exported.headers()['content-type']!, buffer: await exported.body() })
  await page.getByRole('button', { name: '预览', exact: true }).click()
  await expect(tile('变更')).toHaveText('0')
  await expect(tile('新增')).toHaveText('0')
  await expect(tile('未导入')).toHaveText('0')
  expect(Number((await tile('不变').textContent())!)).toBeGreaterThan(100)
  await expect(page.locator('.verdict')).toContainText('没有可以生效的变化')

  const condition = `热力井盖异响 ${Date.now()}`
  const list = (limit: string) => ({
    name: 'list.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`城市管理事件责任清单,,,,\n小类代码,小类名称,立案条件,处置时限,责任主体\n01001,供水井盖异常,${condition},${limit},各镇（街道）\n备注：以上时限自派遣起算。,,,,\n`),
  })
  await drop.setInputFiles(list('雨停后处置'))
  await expect(page.getByText('请重新预览')).toBeVisible()
  await page.getByRole('button', { name: '重新预览' }).click()
  await expect(tile('未导入')).toHaveText('1')
  await expect(page.getByRole('button', { name: '生效', exact: true })).toHaveCount(0)
  await drop.setInputFiles(list('6工作时'))
  await page.getByRole('button', { name: '重新预览' }).click()
  await expect(tile('新增')).toHaveText('1')
  await expect(page).toHaveURL(/id=/)
  await page.reload()
  await expect(tile('新增')).toHaveText('1')
  await page.getByRole('button', { name: '生效', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '生效', exact: true }).click()
  await expect(page.locator('.verdict')).toContainText('已生效：新增 1 条')
  await page.getByRole('button', { name: '查看责任清单' }).click()

  await page.goto(`/standards?text=${encodeURIComponent(condition)}`)
  const row = page.locator('.jw-panel tbody tr')
  await expect(row).toHaveCount(1)
  await expect(row).toContainText('6 工作时')
  await expect(row).toContainText('所在镇街')
  await row.getByRole('button', { name: '编辑' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('spinbutton', { name: '数值' }).fill('8')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(row).toContainText('8 工作时')
})
