// The components' pages in the console: the register, as a list and on the map, and its import.
import { FileUp, TrafficCone } from '@lucide/vue'
import { defineApp } from '@/define-app'
import messages from './messages'

export default defineApp({
  name: 'components',
  menu: [
    { path: '/components', icon: TrafficCone, titleKey: 'components.title', needs: 'components.read', group: 'base', order: 22 },
    { path: '/import/components', icon: FileUp, titleKey: 'components.import.title', needs: 'components.manage', group: 'base', order: 32 },
  ],
  routes: [
    { path: '/components/:code?', component: () => import('./pages/Register.vue'), meta: { titleKey: 'components.title', needs: 'components.read' } },
    { path: '/import/components', component: () => import('./pages/Import.vue'), meta: { titleKey: 'components.import.title', needs: 'components.manage' } },
  ],
  messages,
})
