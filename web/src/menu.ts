// The menu: what the shell and the apps offer, as far as this user may.
import { BookText, Info, KeyRound, ScrollText, ShieldUser, Timer, Users, Webhook } from '@lucide/vue'
import { computed } from 'vue'
import { apps } from './apps'
import type { MenuItem } from './define-app'
import { can } from './session'

const own: MenuItem[] = [
  { path: '/users', icon: Users, titleKey: 'users.title', needs: ['kernel.users', 'kernel.roles'], group: 'system', order: 10 },
  { path: '/roles', icon: ShieldUser, titleKey: 'roles.title', needs: 'kernel.roles', group: 'system', order: 20 },
  { path: '/audit', icon: ScrollText, titleKey: 'audit.title', needs: 'kernel.audit', group: 'system', order: 30 },
  { path: '/jobs', icon: Timer, titleKey: 'jobs.title', needs: 'kernel.jobs', group: 'system', order: 40 },
  { path: '/keys', icon: KeyRound, titleKey: 'keys.title', needs: 'kernel.keys_revoke', group: 'system', order: 50 },
  { path: '/hooks', icon: Webhook, titleKey: 'hooks.title', needs: 'kernel.hooks', group: 'system', order: 60 },
  { path: '/reference', icon: BookText, titleKey: 'reference.title', needs: ['kernel.keys', 'kernel.keys_revoke', 'kernel.hooks'], group: 'system', order: 70 },
  { path: '/about', icon: Info, titleKey: 'about.title', group: 'system', order: 90 },
]

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
