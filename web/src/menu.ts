// The menu: what the shell and the apps offer, as far as this user may.
import { computed } from 'vue'
import { apps } from './apps'
import type { MenuItem } from './define-app'
import { can } from './session'

const own: MenuItem[] = []

const all = [...own, ...apps.flatMap((app) => app.menu)]
const GROUPS = ['work', 'base', 'system'] as const

/** Items open to the user, by group and then by order. */
export const menu = computed(() =>
  all
    .filter((item) => can(item.needs))
    .toSorted((a, b) => groupOf(a) - groupOf(b) || a.order - b.order),
)

export const menuGroups = computed(() =>
  GROUPS.map((group) => ({ group, items: menu.value.filter((item) => (item.group ?? 'work') === group) })).filter(
    (g) => g.items.length > 0,
  ),
)

function groupOf(item: MenuItem): number {
  return GROUPS.indexOf(item.group ?? 'work')
}
