// What an app gives the shell: menu, routes and texts.
import type { Component } from 'vue'
import type { RouteRecordRaw } from 'vue-router'

export interface MenuItem {
  path: string
  /** An icon component, as `@lucide/vue` has them. */
  icon: Component
  /** Full key of the title, such as `cases.menu.inbox`. */
  titleKey: string
  /** The permission without which the item is not shown; several mean any of them. */
  needs?: string | string[]
  /** Place in its group; small is first. On phones the four smallest of all groups are the bottom bar. */
  order: number
  /** Heading under which the item stands. */
  group?: 'work' | 'base' | 'system'
  /** A number beside the title; read reactively, so it may come from a ref. 0 and undefined show nothing. */
  badge?: () => number | undefined
}

export type Texts = { [key: string]: string | Texts }

export interface App {
  /** Name of the app's folder; its texts are reached as `<name>.…`. */
  name: string
  menu: MenuItem[]
  routes: RouteRecordRaw[]
  messages: { zh: Texts; en: Texts }
  /** Run once after log-in; for an app that keeps a badge up to date. */
  start?: () => void
}

/** Gives an app.ts its type. */
export function defineApp(app: App): App {
  return app
}
