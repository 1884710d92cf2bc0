// What a body asks the centre for, and what the centre sets: more time, who is on duty, the settings of cases.
import { expect, logInAs, test } from './support'

test('a clerk asks for more time, the shift lead finds the request and grants it', async ({ watched: page }) => {
  await logInAs(page, '单位经办')
  const mine = (await (await page.request.get('/api/cases?state=handling&light=green&limit=50')).json()) as { items: { id: string; number: string; asked: string | null }[] }
  const { id, number } = mine.items.find((it) => !it.asked)!
  await page.goto(`/cases/${id}`)
  await page.getByRole('button', { name: '申请延期' }).click()
  const form = page.locator('form.move', { has: page.getByRole('button', { name: '申请延期' }) })
  await form.locator('textarea').fill('等待配件到货')
  await form.getByRole('button', { name: '申请延期' }).click()
  await expect(page.locator('.jw-facts')).toContainText('延期')

  await page.context().clearCookies()
  await logInAs(page, '值班长')
  await page.goto(`/cases?asked=extension&text=${number}`)
  await expect(page.locator('tbody tr', { hasText: number })).toContainText('延期')
  await page.goto(`/cases/${id}`)
  const due = await page.locator('.desk .clock').textContent()
  // The form of what waits most stands in place; of anything else it comes with a click.
  const grant = page.locator('form.move').getByRole('button', { name: '同意延期' })
  await expect(page.getByRole('button', { name: '同意延期' })).toBeVisible()
  if (!(await grant.count())) await page.getByRole('button', { name: '同意延期' }).click()
  await grant.click()
  await expect(page.locator('.jw-facts')).toContainText('1 次')
  await expect(page.locator('.desk .clock')).not.toHaveText(due!)
})

test('the roster says who is on duty, and the settings say how often time is given', async ({ watched: page }) => {
  await logInAs(page, '网格管理员')
  const posts = (await (await page.request.get('/api/posts?limit=1')).json()) as { items: { area: string; user: { name: string } }[] }
  const { area, user } = posts.items[0]!
  await page.goto(`/duty?area=${area.slice(0, 12)}`)
  const row = page.locator('.people li', { hasText: user.name }).first()
  await expect(row).toContainText('当班')
  await row.getByRole('button', { name: '编辑' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '增加请假' }).click()
  await dialog.getByPlaceholder('从').fill('2020-01-01')
  await dialog.getByPlaceholder('到').fill('2099-12-31')
  await dialog.getByPlaceholder('到').press('Enter')
  await dialog.getByPlaceholder('事由').fill('借调')
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(row).toContainText('不当班')
  await expect(row).toContainText('借调')

  await page.context().clearCookies()
  await logInAs(page, '值班长')
  await page.goto('/settings/cases')
  const often = page.getByRole('spinbutton').nth(1)
  await often.fill('3')
  await often.press('Tab')
  await page.getByRole('button', { name: '保存' }).click()
  await expect(page.getByText('已保存').first()).toBeVisible()
  await page.reload()
  await expect(page.getByRole('spinbutton').nth(1)).toHaveValue('3')
})
