// Areas: found by tree, search and map, linked to by address; a faulty import changes nothing, a good one does.
import { expect, logInAs, test } from './support'

test('an area is reached by tree, by search, by map and by address', async ({ watched: page }) => {
  await logInAs(page, '系统管理员')
  await page.goto('/areas')
  const tree = page.getByRole('tree')
  const town = tree.getByRole('treeitem').nth(1)
  await town.focus()
  const name = (await town.locator('.name').textContent())!
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/areas\/\w{9}$/)
  await expect(page.locator('.area-facts h2')).toHaveText(name)
  await page.keyboard.press('ArrowRight')
  await expect(town).toHaveAttribute('aria-expanded', 'true')
  await expect(tree.locator('[aria-level="3"]').first()).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/areas\/\w{12}$/)
  await page.reload()
  await expect(tree.locator('[aria-selected=true]')).toBeVisible()

  await page.goto('/areas')
  await page.getByRole('searchbox', { name: '按名称或代码查找' }).fill(name)
  // Until the server has answered, the tree still stands there.
  await expect(tree.getByRole('treeitem').first()).toContainText(name)
  await tree.getByRole('treeitem').first().click()
  await expect(page.locator('.area-facts h2')).toHaveText(name)
  await page.getByRole('button', { name: '收起', exact: true }).click()
  await expect(page).toHaveURL(/\/areas$/)

  // The middle of the map is land; a click there chooses the area below.
  await expect(page.locator('.maplibregl-canvas')).toBeVisible()
  await expect(async () => {
    await page.locator('.maplibregl-canvas').click()
    await expect(page).toHaveURL(/\/areas\/\w+$/, { timeout: 1000 })
  }).toPass()
})

test('an import with an error writes nothing and says where; corrected, it is written', async ({ watched: page }) => {
  await logInAs(page, '系统管理员')
  await page.goto('/areas')
  const village = page.getByRole('tree').getByRole('treeitem').nth(1)
  const town = (await village.getAttribute('data-code'))!
  await page.goto('/import/areas')
  const file = (text: string) => ({ name: 'villages.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  const fresh = `${town}397`
  await page.locator('[data-part=file-drop]').setInputFiles(file(`代码,名称\n${fresh},试验村\n999999999999,无主村\n`))
  await page.getByRole('button', { name: '检查', exact: true }).click()
  await expect(page.locator('.verdict.bad')).toContainText('处问题')
  await expect(page.locator('tbody')).toContainText('3')
  await expect(page.getByRole('button', { name: '导入', exact: true })).toHaveCount(0)
  await page.locator('[data-part=file-drop]').setInputFiles(file(`代码,名称\n${fresh},试验村\n`))
  await expect(page.getByText('请重新检查')).toBeVisible()
  await page.getByRole('button', { name: '检查', exact: true }).click()
  await expect(page.locator('.verdict:not(.bad)')).toBeVisible()
  await page.getByRole('button', { name: '导入', exact: true }).click()
  await expect(page.locator('.verdict')).toContainText('已导入')
  await page.goto(`/areas/${fresh}`)
  await expect(page.locator('.area-facts h2')).toHaveText('试验村')
  await expect(page.locator('.area-facts')).toContainText('没有边界')
})

test('a body is closed and opened again', async ({ watched: page }) => {
  await logInAs(page, '系统管理员')
  await page.goto('/bodies?kind=company')
  const row = page.locator('tbody tr').first()
  const turn = async (word: string) => {
    await row.getByRole('button', { name: '编辑' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('.el-switch').click()
    await dialog.getByRole('button', { name: '保存' }).click()
    await expect(dialog).toBeHidden()
    await expect(row).toContainText(word)
  }
  await turn('已停用')
  await turn('在用')
})
