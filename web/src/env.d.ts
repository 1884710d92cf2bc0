// Lets TypeScript read single-file components, and says what a route may carry.
import 'vue-router'

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title; shown in the browser tab. */
    titleKey?: string
    /** The permission without which the shell shows "no permission" instead of the page; several mean any. */
    needs?: string | string[]
    /** Page without the shell's menu and top bar, open to those not logged in. */
    bare?: boolean
  }
}
