// The grid's pages in the console: areas with their map, bodies, and the import of areas.
import { Building2, CalendarClock, Map, Upload } from '@lucide/vue'
import { defineApp } from '@/define-app'
import messages from './messages'

export default defineApp({
  name: 'grid',
  menu: [
    { path: '/areas', icon: Map, titleKey: 'grid.areas.title', needs: 'grid.read', group: 'base', order: 10 },
    { path: '/bodies', icon: Building2, titleKey: 'grid.bodies.title', needs: 'grid.read', group: 'base', order: 20 },
    { path: '/duty', icon: CalendarClock, titleKey: 'grid.duty.title', needs: 'grid.duty', group: 'base', order: 25 },
    { path: '/import/areas', icon: Upload, titleKey: 'grid.import.title', needs: 'grid.manage', group: 'base', order: 30 },
  ],
  routes: [
    { path: '/areas/:code?', component: () => import('./pages/Areas.vue'), meta: { titleKey: 'grid.areas.title', needs: 'grid.read' } },
    { path: '/bodies', component: () => import('./pages/Bodies.vue'), meta: { titleKey: 'grid.bodies.title', needs: 'grid.read' } },
    { path: '/duty', component: () => import('./pages/Duty.vue'), meta: { titleKey: 'grid.duty.title', needs: 'grid.read' } },
    { path: '/import/areas', component: () => import('./pages/Import.vue'), meta: { titleKey: 'grid.import.title', needs: 'grid.manage' } },
  ],
  messages,
})
