// The apps there are: every apps/<name>/web/app.ts, found at build time.
import type { App } from './define-app'

const found = import.meta.glob<{ default: App }>('../../apps/*/web/app.ts', { eager: true })
export const apps: App[] = Object.values(found).map((module) => module.default)
