// Evaluation: a body's head sees how its score comes about, objects to a case, and sees it taken out once that is granted.
import { expect, logInAs, test } from './support'

test('a head objects to a case in its sheet, the shift lead grants it, and the case is taken out', async ({ watched: page }) => {
  test.setTimeout(240_000)
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  const period = `from=${day(60)}&to=${day(1)}`
  await logInAs(page, '单位负责人')
  // The cases of a new demo are counted after it has started.
  const rows = async () => ((await (await page.request.get(`/api/evaluation?kind=body&${period}`)).json()) as { rows: unknown[] }).rows.length
  await expect.poll(rows, { timeout: 180_000 }).toBe(1)
  await page.goto(`/evaluation?kind=body&${period}`)
  await page.locator('tbody tr').first().getByRole('button').click()
  const sheet = page.locator('.sheet')
  await expect(sheet.getByRole('heading', { name: /考核表/ })).toBeVisible()
  await sheet.getByRole('button', { name: /^结案数/ }).click()
  await expect(sheet.getByText('结案数：涉及案件')).toBeVisible()
  const row = sheet.getByRole('row').filter({ has: page.getByRole('button', { name: '提出异议' }) }).first()
  const number = (await row.locator('.jw-mono').innerText()).trim()
  await row.getByRole('button', { name: '提出异议' }).click()
  const ask = page.getByRole('dialog', { name: '提出异议' })
  await ask.getByRole('button', { name: '提出异议' }).click()
  await expect(ask.getByText('必填')).toBeVisible()
  await ask.locator('textarea').fill('现场由施工单位围挡，无法处置')
  await ask.getByRole('button', { name: '提出异议' }).click()
  await expect(page.getByText('异议已提交')).toBeVisible()

  await page.context().clearCookies()
  await logInAs(page, '值班长')
  await page.goto('/evaluation?tab=objections')
  const open = page.locator('tbody tr', { hasText: number })
  await open.getByRole('button', { name: '处理异议' }).click()
  const decide = page.getByRole('dialog', { name: '处理异议' })
  await decide.locator('textarea').fill('情况属实')
  await decide.getByRole('button', { name: '处理异议' }).click()
  await expect(open).toContainText('成立')

  await page.context().clearCookies()
  await logInAs(page, '单位负责人')
  await page.goto(`/evaluation?kind=body&${period}`)
  await page.locator('tbody tr').first().getByRole('button').click()
  await sheet.getByRole('button', { name: /^结案数/ }).click()
  await expect(sheet.getByRole('row').filter({ hasText: number })).toContainText('已剔除')
})
