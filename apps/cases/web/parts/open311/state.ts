// What the tabs of Open311 share: the settings and services as the server last said them.
import { ref, shallowRef } from 'vue'
import { api, ask } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { Open311 } from '@/api/types'

export const open311 = shallowRef<Open311 | null>(null)
export const refused = shallowRef<ProblemError | null>(null)
export const reading = ref(false)

export async function readOpen311() {
  reading.value = true
  try {
    open311.value = await ask(api.GET('/api/open311'))
    refused.value = null
  } catch (thrown) {
    refused.value = ProblemError.from(thrown)
  } finally {
    reading.value = false
  }
}
