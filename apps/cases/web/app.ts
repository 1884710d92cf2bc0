// The pages of the cases in the console: what waits, a report, all cases, one case, figures, the responsibility list.
import { AlarmClock, Award, Bell, BookOpenCheck, CalendarDays, ChartColumn, ClipboardCheck, Gavel, Globe, Inbox, ListTodo, MapPinOff, MessageSquarePlus, MessageSquareQuote, PhoneCall, PhoneOutgoing, Scale, Send, Settings2, Sparkles, SquareStack } from '@lucide/vue'
import { defineApp } from '@/define-app'
import messages from './messages'
import { counts, keepCounts } from './parts/counts'
import { keepUnread, unread } from './parts/out/unread'
import { keepWaiting, waiting } from './parts/supervision/waiting'

/** Whose moves lead on: only for them anything waits. */
const AT_WORK = ['accept', 'verify', 'file', 'dispatch', 'handle', 'check', 'close'].map((it) => `cases.${it}`)

export default defineApp({
  name: 'cases',
  menu: [
    { path: '/inbox', icon: Inbox, titleKey: 'cases.menu.inbox', needs: AT_WORK, group: 'work', order: 10, badge: () => counts.value?.inbox },
    { path: '/report', icon: MessageSquarePlus, titleKey: 'cases.menu.report', needs: 'cases.report', group: 'work', order: 20 },
    { path: '/hotline', icon: PhoneCall, titleKey: 'cases.reception.hotline.title', needs: 'cases.accept', group: 'work', order: 25 },
    { path: '/cases', icon: ListTodo, titleKey: 'cases.menu.list', needs: 'cases.read', group: 'work', order: 30 },
    { path: '/orders', icon: Gavel, titleKey: 'cases.supervision.title', needs: 'cases.read', group: 'work', order: 35, badge: () => (waiting.value ? waiting.value.to_answer + waiting.value.to_look_at : undefined) },
    { path: '/watch', icon: AlarmClock, titleKey: 'cases.care.watch', needs: 'cases.figures', group: 'work', order: 36 },
    { path: '/call-back', icon: PhoneOutgoing, titleKey: 'cases.care.callback', needs: ['cases.evaluate', 'cases.review'], group: 'work', order: 37 },
    { path: '/precedents', icon: Scale, titleKey: 'cases.care.precedents', needs: 'cases.dispatch', group: 'work', order: 57 },
    { path: '/quality', icon: ClipboardCheck, titleKey: 'cases.care.quality', needs: 'cases.quality', group: 'work', order: 58 },
    { path: '/outside-bodies', icon: Send, titleKey: 'cases.outside.title', needs: 'cases.outside', group: 'work', order: 60 },
    { path: '/figures', icon: ChartColumn, titleKey: 'cases.menu.figures', needs: 'cases.figures', group: 'work', order: 40 },
    { path: '/evaluation', icon: Award, titleKey: 'cases.evaluation.title', needs: ['cases.evaluation', 'cases.objection'], group: 'work', order: 45 },
    { path: '/controls', icon: MapPinOff, titleKey: 'cases.reception.controls.title', needs: 'cases.control', group: 'work', order: 55 },
    { path: '/messages', icon: Bell, titleKey: 'cases.out.messages', needs: 'cases.read', group: 'work', order: 70, badge: () => unread.value },
    { path: '/phrases', icon: MessageSquareQuote, titleKey: 'cases.phrases.title', needs: 'cases.phrases', group: 'base', order: 52 },
    { path: '/standards', icon: BookOpenCheck, titleKey: 'cases.menu.standards', needs: 'cases.read', group: 'base', order: 40 },
    { path: '/calendar', icon: CalendarDays, titleKey: 'cases.listDesk.calendar.title', needs: 'cases.read', group: 'base', order: 45 },
    { path: '/class-suggestion', icon: Sparkles, titleKey: 'cases.reception.model.title', needs: 'cases.figures', group: 'base', order: 50 },
    { path: '/duplicate-rules', icon: SquareStack, titleKey: 'cases.reception.rules.title', needs: 'cases.reception_rules', group: 'base', order: 55 },
    { path: '/settings/cases', icon: Settings2, titleKey: 'cases.settings.title', needs: 'cases.settings', group: 'base', order: 58 },
    { path: '/open311', icon: Globe, titleKey: 'cases.open311.title', needs: ['cases.open311', 'cases.outside'], group: 'base', order: 60 },
  ],
  routes: [
    { path: '/inbox', component: () => import('./pages/Inbox.vue'), meta: { titleKey: 'cases.menu.inbox', needs: AT_WORK } },
    { path: '/report', component: () => import('./pages/Report.vue'), meta: { titleKey: 'cases.menu.report', needs: 'cases.report' } },
    { path: '/hotline', component: () => import('./pages/Hotline.vue'), meta: { titleKey: 'cases.reception.hotline.title', needs: 'cases.accept' } },
    { path: '/controls', component: () => import('./pages/Controls.vue'), meta: { titleKey: 'cases.reception.controls.title', needs: 'cases.control' } },
    { path: '/class-suggestion', component: () => import('./pages/ClassSuggestion.vue'), meta: { titleKey: 'cases.reception.model.title', needs: 'cases.figures' } },
    { path: '/duplicate-rules', component: () => import('./pages/DuplicateRules.vue'), meta: { titleKey: 'cases.reception.rules.title', needs: 'cases.reception_rules' } },
    { path: '/cases', component: () => import('./pages/List.vue'), meta: { titleKey: 'cases.menu.list', needs: 'cases.read' } },
    { path: '/cases/:id', component: () => import('./pages/CaseDesk.vue'), meta: { titleKey: 'cases.menu.case', needs: 'cases.read' } },
    { path: '/orders', component: () => import('./pages/Orders.vue'), meta: { titleKey: 'cases.supervision.title', needs: 'cases.read' } },
    { path: '/phrases', component: () => import('./pages/Phrases.vue'), meta: { titleKey: 'cases.phrases.title', needs: 'cases.read' } },
    { path: '/outside-bodies', component: () => import('./pages/Outside.vue'), meta: { titleKey: 'cases.outside.title', needs: 'cases.outside' } },
    // Entered by a link, whose token stands behind `#`: no log-in, and nothing of the console around it.
    { path: '/outside', component: () => import('./pages/OutsideCase.vue'), meta: { titleKey: 'cases.outside.pageTitle', bare: true } },
    { path: '/watch', component: () => import('./pages/Watch.vue'), meta: { titleKey: 'cases.care.watch', needs: 'cases.figures' } },
    { path: '/call-back', component: () => import('./pages/CallBack.vue'), meta: { titleKey: 'cases.care.callback', needs: ['cases.evaluate', 'cases.review'] } },
    // Entered by a link, whose token stands behind `#`, by residents without a log-in.
    { path: '/rate', component: () => import('./pages/Rate.vue'), meta: { titleKey: 'cases.care.rate.pageTitle', bare: true } },
    { path: '/precedents', component: () => import('./pages/Precedents.vue'), meta: { titleKey: 'cases.care.precedents', needs: 'cases.dispatch' } },
    { path: '/quality', component: () => import('./pages/Quality.vue'), meta: { titleKey: 'cases.care.quality', needs: 'cases.quality' } },
    { path: '/settings/cases', component: () => import('./pages/Settings.vue'), meta: { titleKey: 'cases.settings.title', needs: 'cases.read' } },
    { path: '/open311', component: () => import('./pages/Open311.vue'), meta: { titleKey: 'cases.open311.title', needs: ['cases.open311', 'cases.outside'] } },
    { path: '/figures', component: () => import('./pages/Figures.vue'), meta: { titleKey: 'cases.menu.figures', needs: 'cases.figures' } },
    { path: '/evaluation', component: () => import('./pages/Evaluation.vue'), meta: { titleKey: 'cases.evaluation.title', needs: ['cases.evaluation', 'cases.objection'] } },
    { path: '/messages', component: () => import('./pages/Messages.vue'), meta: { titleKey: 'cases.out.messages', needs: 'cases.read' } },
    { path: '/standards', component: () => import('./pages/Standards.vue'), meta: { titleKey: 'cases.menu.standards', needs: 'cases.read' } },
    { path: '/standards/import', component: () => import('./pages/StandardsImport.vue'), meta: { titleKey: 'cases.menu.standardsImport', needs: 'cases.standards' } },
    { path: '/standards/editions', component: () => import('./pages/Editions.vue'), meta: { titleKey: 'cases.listDesk.tab.editions', needs: 'cases.read' } },
    { path: '/standards/compare', component: () => import('./pages/StandardsCompare.vue'), meta: { titleKey: 'cases.listDesk.tab.compare', needs: 'cases.read' } },
    { path: '/standards/proposals', component: () => import('./pages/Proposals.vue'), meta: { titleKey: 'cases.listDesk.tab.proposals', needs: 'cases.read' } },
    { path: '/standards/findings', component: () => import('./pages/Findings.vue'), meta: { titleKey: 'cases.listDesk.tab.findings', needs: 'cases.standards' } },
    { path: '/calendar', component: () => import('./pages/Calendar.vue'), meta: { titleKey: 'cases.listDesk.calendar.title', needs: 'cases.read' } },
  ],
  messages,
  start: () => {
    keepCounts()
    keepUnread()
    keepWaiting()
  },
})
