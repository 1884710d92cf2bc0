// Light or dark: by the system unless the user chose.
import { ref, watchEffect } from 'vue'

export type Theme = 'system' | 'light' | 'dark'
const KEPT = 'jingwei.theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const kept = localStorage.getItem(KEPT)

export const theme = ref<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system')
export const dark = ref(false)

function settle() {
  dark.value = theme.value === 'dark' || (theme.value === 'system' && system.matches)
}
system.addEventListener('change', settle)
watchEffect(() => {
  settle()
  localStorage.setItem(KEPT, theme.value)
  document.documentElement.classList.toggle('dark', dark.value)
})
