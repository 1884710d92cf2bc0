// What the server says of itself to everyone: the district's name, its map, its time zone, and whether it is a demo.
import { computed, shallowRef } from 'vue'
import { api, ask } from './api/client'
import type { Meta } from './api/types'
import { language } from './i18n'

export const meta = shallowRef<Meta | null>(null)

/** Asks once; a failure is tried again at the next call. */
let pending: Promise<Meta> | undefined
export function loadMeta(): Promise<Meta> {
  pending ??= ask(api.GET('/api/meta')).then(
    (answer) => (meta.value = answer),
    (thrown: unknown) => {
      pending = undefined
      throw thrown
    },
  )
  return pending
}

export const districtName = computed(() =>
  meta.value ? (language() === 'zh' ? meta.value.name : meta.value.name_en || meta.value.name) : '',
)
export const timeZone = computed(() => meta.value?.time_zone ?? 'Asia/Shanghai')
