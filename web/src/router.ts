// Addresses: the shell's own pages, and those of every app. Each page is a chunk of its own, loaded when first visited.
import { shallowRef } from 'vue'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { whenNoSession } from './api/client'
import { ProblemError } from './api/problem'
import { apps } from './apps'
import { i18n } from './i18n'
import { districtName, loadMeta } from './meta'
import { menu } from './menu'
import { forgetSession, loadSession } from './session'

const own: RouteRecordRaw[] = [
  { path: '/log-in', name: 'log-in', component: () => import('./pages/LogIn.vue'), meta: { bare: true, titleKey: 'login.title' } },
  { path: '/', name: 'home', component: () => import('./pages/Home.vue') },
  { path: '/users/:id?', component: () => import('./pages/users/Users.vue'), meta: { titleKey: 'users.title', needs: ['kernel.users', 'kernel.roles'] } },
  { path: '/roles', component: () => import('./pages/Roles.vue'), meta: { titleKey: 'roles.title', needs: 'kernel.roles' } },
  { path: '/audit', component: () => import('./pages/Audit.vue'), meta: { titleKey: 'audit.title', needs: 'kernel.audit' } },
  { path: '/jobs', component: () => import('./pages/Jobs.vue'), meta: { titleKey: 'jobs.title', needs: 'kernel.jobs' } },
  { path: '/keys', component: () => import('./pages/integration/Keys.vue'), meta: { titleKey: 'keys.title', needs: 'kernel.keys_revoke' } },
  { path: '/hooks', component: () => import('./pages/integration/Hooks.vue'), meta: { titleKey: 'hooks.title', needs: 'kernel.hooks' } },
  { path: '/reference', component: () => import('./pages/reference/Reference.vue'), meta: { titleKey: 'reference.title' } },
  { path: '/about', component: () => import('./pages/About.vue'), meta: { titleKey: 'about.title' } },
  { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/Lost.vue'), meta: { titleKey: 'lost.title' } },
]

/** Why the console could not start: the server did not answer. */
export const startProblem = shallowRef<ProblemError | null>(null)

export const router = createRouter({
  history: createWebHistory(),
  routes: [...own, ...apps.flatMap((app) => app.routes)],
  scrollBehavior: (_to, _from, kept) => kept ?? { top: 0 },
})

router.beforeEach(async (to) => {
  let who
  try {
    ;[, who] = await Promise.all([loadMeta(), loadSession()])
  } catch (thrown) {
    // Nothing can be shown before the server has answered: App offers to try again.
    startProblem.value = ProblemError.from(thrown)
    return false
  }
  startProblem.value = null
  if (!to.meta.bare && !who) return { name: 'log-in', query: to.fullPath === '/' ? {} : { back: to.fullPath } }
  if (to.name === 'log-in' && who) return safeBack(to.query.back)
  if (to.name === 'home') {
    const first = menu.value.find((item) => item.needs)
    if (first) return { path: first.path, replace: true }
  }
})

router.afterEach((to) => setTitle(to.meta.titleKey))

/** The tab says the page, then the district. */
export function setTitle(titleKey?: string) {
  const page = titleKey ? i18n.global.t(titleKey) : ''
  document.title = [page, districtName.value, i18n.global.t('brand')].filter(Boolean).join(' · ')
}

/** Only an address inside the console is followed after log-in. */
export function safeBack(back: unknown): string {
  return typeof back === 'string' && back.startsWith('/') && !back.startsWith('//') ? back : '/'
}

whenNoSession(() => {
  forgetSession()
  const at = router.currentRoute.value
  if (at.name !== 'log-in') void router.push({ name: 'log-in', query: { back: at.fullPath, ended: '1' } })
})
