// The frame of the console: log-in, menu by permission, language, phone, and that no page ever asks another host.
import { accounts, expect, logInAs, test } from './support'

test('the log-in page says where one is, and why a log-in fails', async ({ watched: page }) => {
  await page.goto('/users')
  await expect(page).toHaveURL(/\/log-in\?back=/)
  await expect(page.locator('h1')).not.toBeEmpty()
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('请输入账号和密码')
  await page.getByLabel('账号', { exact: true }).fill('nobody')
  await page.getByLabel('密码', { exact: true }).fill('wrong password')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('不正确')
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('button', { name: 'Log in' })).toBeVisible()
})

test('every role of the demo logs in, and every page of its menu opens', async ({ watched: page }) => {
  const all = await accounts(page)
  expect(all.length).toBeGreaterThan(5)
  for (const account of all) {
    await page.context().clearCookies()
    await logInAs(page, account.role_zh)
    const links = await page.locator('.side nav a').evaluateAll((found) => found.map((a) => a.getAttribute('href')!))
    expect(links.length, account.role_zh).toBeGreaterThan(0)
    for (const link of links) {
      await page.locator(`.side nav a[href="${link}"]`).click()
      await expect(page.locator('#page')).not.toBeEmpty()
      await expect(page.locator('#page .loading')).toHaveCount(0)
      await expect(page.locator('#page .state .icon:is(.problem,.forbidden,.missing)'), `${account.role_zh} ${link}`).toHaveCount(0)
    }
  }
})

test('a page that the user may not open says so', async ({ watched: page }) => {
  await logInAs(page, '网格员')
  await page.goto('/audit')
  await expect(page.getByRole('heading', { name: '没有权限' })).toBeVisible()
  await expect(page.locator('.side')).toBeVisible()
})

test('language, theme and menu are remembered', async ({ watched: page }) => {
  await logInAs(page, '系统管理员')
  await page.getByRole('button', { name: '切换语言' }).click()
  await page.getByRole('button', { name: 'Collapse menu' }).click()
  await page.getByRole('button', { name: 'My account' }).click()
  await page.getByText('Dark', { exact: true }).click()
  await page.reload()
  await expect(page.locator('html')).toHaveClass(/dark/)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.getByRole('button', { name: 'Expand menu' })).toBeVisible()
})

test('the keyboard reaches the content first, and every focus can be seen', async ({ watched: page }) => {
  await logInAs(page, '系统管理员')
  await page.goto('/jobs')
  await expect(page.locator('table')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: '跳到正文' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('#page')).toBeFocused()
  await page.keyboard.press('Tab')
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)
  expect(outline).not.toBe('none')
})

test('on a phone the menu is in reach of the thumb and nothing is wider than the screen', async ({ watched: page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  for (const role of ['系统管理员', '受理员']) {
    await page.context().clearCookies()
    await logInAs(page, role)
    await expect(page.locator('nav.bar')).toBeVisible()
    await page.getByRole('button', { name: '更多', exact: true }).click()
    const links = await page.locator('.el-drawer nav a').evaluateAll((found) => found.map((a) => a.getAttribute('href')!))
    for (const link of links) {
      await page.goto(link)
      await expect(page.locator('#page')).not.toBeEmpty()
      await expect(page.locator('#page .loading')).toHaveCount(0)
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(wider, link).toBeLessThanOrEqual(0)
    }
  }
  await page.goto('/inbox')
  await page.locator('.inbox-list li a').first().click()
  await expect(page.locator('.desk .bar').last()).toBeVisible()
  expect(await page.evaluate(() => document.querySelector('.case')!.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
})
