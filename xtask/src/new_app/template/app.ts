// The pages of __name__ in the console.
import { ListChecks } from '@lucide/vue'
import { defineApp } from '@/define-app'
import messages from './messages'

export default defineApp({
  name: '__name__',
  menu: [{ path: '/__name__', icon: ListChecks, titleKey: '__name__.title', needs: '__name__.read', group: 'work', order: 90 }],
  routes: [{ path: '/__name__', component: () => import('./pages/List.vue'), meta: { titleKey: '__name__.title', needs: '__name__.read' } }],
  messages,
})
