// What leaves the system: a list as a file, a case and a bulletin as PDF, a filter that is kept, followed and removed.
import { readFileSync } from 'node:fs'
import type { Download, Page } from '@playwright/test'
import { expect, logInAs, test } from './support'

async function fetched(page: Page, act: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [file] = (await Promise.all([page.waitForEvent('download'), act()])) as [Download, void]
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) }
}

test('a list goes out as it is narrowed down, and a case and the bulletin as PDF', async ({ watched: page }) => {
  await logInAs(page, '领导')
  await page.goto('/cases?light=red')
  const listed = await (await page.request.get('/api/cases?light=red&limit=200')).json()
  await page.getByRole('button', { name: '导出' }).click()
  const csv = await fetched(page, () => page.getByRole('menuitem', { name: /CSV/ }).click())
  expect(csv.name).toMatch(/^cases-\d{8}-\d{4}\.csv$/)
  const rows = csv.bytes.toString('utf8').split('\n')
  expect(rows[0]).toMatch(/^\uFEFF编号,状态,/)
  const exported = new Set(rows.slice(1).map((it) => it.split(',')[0]))
  for (const it of listed.items) expect(exported.has(it.number), it.number).toBe(true)
  await page.getByRole('button', { name: '导出' }).click()
  const book = await fetched(page, () => page.getByRole('menuitem', { name: /xlsx/ }).click())
  expect(book.bytes.subarray(0, 2).toString()).toBe('PK')

  await page.goto(`/cases/${listed.items[0].id}`)
  const paper = await fetched(page, () => page.getByRole('button', { name: '打印 / PDF' }).click())
  expect(paper.name).toBe(`case-${listed.items[0].number}.pdf`)
  expect(paper.bytes.subarray(0, 5).toString()).toBe('%PDF-')

  await page.goto('/figures')
  await page.getByRole('button', { name: '月报' }).click()
  const bulletin = await fetched(page, () => page.getByRole('button', { name: '生成 PDF' }).click())
  expect(bulletin.name).toMatch(/^bulletin-\d{4}-\d{2}\.pdf$/)
  expect(bulletin.bytes.subarray(0, 5).toString()).toBe('%PDF-')
})

test('a filter is kept, chosen, followed and removed with its subscription', async ({ watched: page }) => {
  await logInAs(page, '派遣员')
  const name = `热线在办 ${Date.now() % 100_000}`
  await page.goto('/cases?source=hotline&state=filed')
  await page.getByRole('button', { name: '常用方案' }).click()
  await page.getByRole('button', { name: '保存当前筛选' }).click()
  const dialog = page.getByRole('dialog', { name: '保存当前筛选' })
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  await expect(dialog.getByText('必填')).toBeVisible()
  await dialog.getByLabel('名称').fill(name)
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByText('已保存')).toBeVisible()

  await page.goto('/cases')
  await page.getByRole('button', { name: '常用方案' }).click()
  await page.getByRole('button', { name, exact: true }).click()
  await expect(page).toHaveURL(/source=hotline/)
  await expect(page).toHaveURL(/state=filed/)

  await page.getByRole('button', { name: '常用方案' }).click()
  await page.getByRole('button', { name: `订阅“${name}”` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '保存', exact: true }).click()
  await expect(page.getByText('已订阅')).toBeVisible()
  await page.goto('/messages')
  await expect(page.locator('.subs')).toContainText(name)

  await page.goto('/cases')
  await page.getByRole('button', { name: '常用方案' }).click()
  await page.getByRole('button', { name: `移除“${name}”` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '移除', exact: true }).click()
  await page.goto('/messages')
  await expect(page.getByText('还没有订阅。')).toBeVisible()
})
