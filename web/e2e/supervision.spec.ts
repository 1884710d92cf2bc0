// Supervision orders and one move on many cases, as those concerned meet them in the console.
import { expect, logInAs, test } from './support'

test('a leader orders, the head of the body answers, the leader accepts', async ({ watched: page }) => {
  await logInAs(page, '单位负责人')
  const mine = (await (await page.request.get('/api/cases?state=dispatched,handling&limit=1')).json()) as { items: { id: string; number: string }[] }
  const { id, number } = mine.items[0]!
  const words = `请说明进展 ${Date.now()}`

  await page.context().clearCookies()
  await logInAs(page, '领导')
  await page.goto(`/cases/${id}`)
  await page.getByRole('button', { name: '下达督办' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '下达督办' }).click()
  await expect(dialog.getByText('必填')).toBeVisible()
  await dialog.locator('textarea').fill(words)
  await dialog.getByText('领导督办').click()
  await dialog.getByRole('button', { name: '下达督办' }).click()
  await expect(page.locator('.supervision .order').first()).toContainText(words)

  await page.context().clearCookies()
  await logInAs(page, '单位负责人')
  await page.goto('/orders')
  const order = page.locator('.order', { hasText: words })
  await expect(order).toContainText(number)
  await order.getByRole('button', { name: '回复' }).click()
  await page.getByRole('dialog').locator('textarea').nth(0).fill('材料未到')
  await page.getByRole('dialog').locator('textarea').nth(1).fill('到货后当日完成')
  await page.getByRole('dialog').locator('input').last().fill('2030-01-02')
  await page.getByRole('dialog').locator('input').last().press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: '回复' }).click()
  await expect(order).toBeHidden()

  await page.context().clearCookies()
  await logInAs(page, '领导')
  await page.goto('/orders?state=answered')
  const answered = page.locator('.order', { hasText: words })
  await expect(answered).toContainText('到货后当日完成')
  await answered.getByRole('button', { name: '同意' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '同意' }).click()
  await expect(answered).toBeHidden()
})

test('an acceptor remarks on three cases at once, with a phrase', async ({ watched: page }) => {
  await logInAs(page, '受理员')
  await page.goto('/cases?state=handling')
  await page.getByRole('button', { name: '多选' }).click()
  for (const n of [0, 1, 2]) await page.locator('tbody .pick').nth(n).check()
  await expect(page.getByText('已选 3 件')).toBeVisible()
  await page.getByRole('button', { name: '批量办理' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: '备注' }).click()
  await dialog.getByRole('button', { name: '常用语' }).press('Enter')
  await page.getByRole('menuitem', { name: '已电话催办' }).click()
  await expect(dialog.locator('textarea')).toHaveValue(/已电话催办/)
  await dialog.getByRole('button', { name: '备注（3 件）' }).click()
  await expect(dialog.getByText('成功 3 件')).toBeVisible()
  // The phrase's place-holder is filled in for each case by itself.
  const id = (await dialog.locator('tbody a').first().getAttribute('href'))!.split('/').pop()!
  const desk = (await (await page.request.get(`/api/cases/${id}`)).json()) as { facts: { body: { name: string } | null }; timeline: { note: string | null }[] }
  expect(desk.timeline.at(-1)!.note).toBe(`已电话催办${desk.facts.body?.name ?? '{body}'}。`)
  await dialog.getByRole('button', { name: '关闭' }).last().click()
  await expect(page.getByText('已选 3 件')).toBeHidden()
})
