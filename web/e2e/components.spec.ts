// The register of components: found in list and on the map, opened by address, entered and changed by a manager, imported.
import type { Page } from '@playwright/test'
import { expect, logInAs, test } from './support'

interface Component {
  code: string
  name: string
  point: { lng: number; lat: number }
}
const LAMP = '2026.C01037'
async function some(page: Page, query = ''): Promise<Component[]> {
  return ((await (await page.request.get(`/api/components?limit=5${query}`)).json()) as { items: Component[] }).items
}

test('a component is found by filters that stand in the address, and opens by its own address', async ({ watched: page }) => {
  await logInAs(page, '网格员')
  const [lamp] = await some(page, `&class=${LAMP}`)
  await page.goto('/components')
  const rows = page.locator('.register tbody tr')
  await expect(rows.first()).toBeVisible()
  // Who only reads is not offered to write.
  await expect(page.getByRole('button', { name: '新增部件' })).toHaveCount(0)
  await page.getByRole('combobox', { name: '全部类别' }).click()
  await page.keyboard.type('路灯')
  await page.getByRole('option', { name: /^路灯/ }).first().click()
  await expect(page).toHaveURL(/class=2026\.C01037/)
  await expect(rows.first()).toContainText('路灯')
  const find = page.getByRole('textbox', { name: '名称、地址、标识码、顺序号' })
  await find.fill(lamp!.code)
  await find.press('Enter')
  await expect(rows).toHaveCount(1)
  await page.reload()
  await expect(rows).toHaveCount(1)
  await rows.first().getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/components/${lamp!.code}\\?`))
  const drawer = page.getByRole('dialog', { name: lamp!.name })
  await expect(drawer.getByRole('textbox', { name: '标识码' })).toHaveValue(lamp!.code)
  await expect(drawer.getByRole('button', { name: '编辑' })).toHaveCount(0)
  await drawer.getByRole('button', { name: /^(Close|关闭)/ }).click()
  await expect(page).toHaveURL(/\/components\?/)
  await expect(rows).toHaveCount(1)

  // Somebody who came by a component's address can go on from there.
  await page.goto(`/components/${lamp!.code}`)
  await expect(drawer).toContainText('路灯')
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/\/components$/)
  await find.fill('没有这样的部件')
  await find.press('Enter')
  await expect(page.getByText('没有符合条件的部件')).toBeVisible()
  await page.getByRole('button', { name: '清空条件' }).click()
  await expect(rows.first()).toBeVisible()

  await page.goto(`/components/${lamp!.code}`)
  await drawer.getByRole('button', { name: '上报问题' }).click()
  await expect(page).toHaveURL(/\/report/)
  await expect(page.locator('.report')).toContainText(lamp!.code.slice(-6))
  await page.goto('/components/00000000000000000')
  await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible()
})

test('the map shows what is in view, comes to a component that is opened, and opens one that is clicked', async ({ watched: page }) => {
  await logInAs(page, '领导')
  const [lamp] = await some(page, `&class=${LAMP}`)
  await page.goto('/components')
  const legend = page.locator('.register-map .legend')
  await expect(page.locator('.register-map .maplibregl-canvas')).toBeVisible()
  await expect(legend).toContainText('请放大地图')
  await page.goto(`/components/${lamp!.code}`)
  await expect(legend).toContainText(/此范围内 \d+ 个部件/)
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/\/components$/)
  // The component was moved to the middle of what the drawer left free of the map; there it is clicked.
  const box = (await page.locator('.register-map').boundingBox())!
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(async () => {
    await page.mouse.click(box.x + Math.max(120, box.width - 460) / 2, box.y + box.height / 2)
    await expect(page).toHaveURL(/\/components\/\d+$/, { timeout: 1000 })
  }).toPass()
  await expect(page.getByRole('dialog')).toContainText('所在区域')
})

test('a manager enters a component, is told what is missing, and changes it', async ({ watched: page }) => {
  await logInAs(page, '网格管理员')
  await page.goto(`/components?class=${LAMP}`)
  await expect(page.locator('.register tbody tr').first()).toBeVisible()
  await page.getByRole('button', { name: '新增部件' }).click()
  const form = page.getByRole('dialog', { name: '新增部件' })
  await form.getByLabel('地址').fill('试验路 7 号门前')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText('请在地图上点选位置')).toBeVisible()
  // The middle of the district is land.
  await form.locator('.maplibregl-canvas').click()
  await expect(form.getByText('请在地图上点选位置')).toHaveCount(0)
  await form.getByLabel('标识码').fill('123')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form.getByText(/不是部件标识码/).first()).toBeVisible()
  await form.getByLabel('标识码').fill('')
  await form.getByRole('button', { name: '保存' }).click()
  await expect(form).toBeHidden()
  await expect(page).toHaveURL(/\/components\/\d{17}/)
  const drawer = page.getByRole('dialog', { name: '路灯' })
  await expect(drawer).toContainText('试验路 7 号门前')
  await expect(drawer).toContainText('完好')

  await drawer.getByRole('button', { name: '编辑' }).click()
  const change = page.getByRole('dialog', { name: '修改 路灯' })
  await change.locator('.el-select', { hasText: '完好' }).click()
  await page.getByRole('option', { name: '破损' }).filter({ visible: true }).click()
  await change.getByRole('button', { name: '保存' }).click()
  await expect(change).toBeHidden()
  await expect(drawer).toContainText('破损')
})

test('an import skips and tells what is wrong, takes the rest, and a second time changes nothing', async ({ watched: page }) => {
  await logInAs(page, '系统管理员')
  const [near] = await some(page)
  const { lng, lat } = near!.point
  const code = `${near!.code.slice(0, 6)}01037${String(Date.now()).slice(-5).padStart(6, '9')}`
  const file = { name: 'lamps.csv', mimeType: 'text/csv', buffer: Buffer.from(`标识码,名称,经度,纬度,地址,状态\n${code},试验路灯,${lng},${lat},试验路 9 号,完好\n12,坏行,${lng},${lat},,完好\n`) }
  await page.goto('/import/components')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: '下载样表' }).click()
  expect((await download).suggestedFilename()).toBe('components-sample.csv')
  const tile = (name: string) => page.locator('.tiles > div', { hasText: name }).locator('b')

  await page.locator('[data-part=file-drop]').setInputFiles(file)
  await page.getByRole('button', { name: '检查', exact: true }).click()
  await expect(tile('新增部件')).toHaveText('1')
  await expect(tile('跳过')).toHaveText('1')
  await expect(page.locator('tbody')).toContainText('3')
  // Another coordinate system is another import.
  await page.locator('.settings .el-select').click()
  await page.getByRole('option', { name: /GCJ-02/ }).filter({ visible: true }).click()
  await expect(page.getByText('请重新检查')).toBeVisible()
  await page.locator('.settings .el-select').click()
  await page.getByRole('option', { name: /WGS 84/ }).filter({ visible: true }).click()
  await page.getByRole('button', { name: '检查', exact: true }).click()
  await page.getByRole('button', { name: '导入', exact: true }).click()
  await expect(page.locator('.verdict')).toContainText('已导入：新增 1')

  await page.getByRole('button', { name: '再导入一批' }).click()
  await page.locator('[data-part=file-drop]').setInputFiles(file)
  await page.getByRole('button', { name: '检查', exact: true }).click()
  await expect(tile('未变')).toHaveText('1')
  await expect(page.getByRole('button', { name: '导入', exact: true })).toHaveCount(0)
  await page.goto(`/components/${code}`)
  await expect(page.getByRole('dialog', { name: '试验路灯' })).toContainText('试验路 9 号')
})
