// Browser tests drive the built program as a user meets it: a demo district of its own, started for the run.
//
// CHROMIUM names the browser, JINGWEI_BIN the program; JINGWEI_URL instead tests a server that is running already.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { defineConfig } from '@playwright/test'

const PORT = 18471
const running = process.env.JINGWEI_URL
const program = process.env.JINGWEI_BIN ?? resolve(import.meta.dirname, '../target/debug/jingwei')
const url = running ?? `http://127.0.0.1:${PORT}`

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/at-rest.ts',
  outputDir: '../target/e2e',
  timeout: 120_000,
  // A debug build on two cores that it shares with the browser: what takes long is slow, not wrong.
  expect: { timeout: 20_000 },
  // One district for all: tests that write would meet each other's cases.
  workers: 1,
  reporter: [['list']],
  ...(running
    ? {}
    : {
        webServer: {
          command: `"${program}" demo --port ${PORT}`,
          cwd: mkdtempSync(join(tmpdir(), 'jingwei-e2e-')),
          url: `${url}/healthz`,
          timeout: 300_000,
          stdout: 'ignore' as const,
          stderr: 'pipe' as const,
          gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 10_000 },
        },
      }),
  use: {
    baseURL: url,
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--enable-unsafe-swiftshader', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
})
