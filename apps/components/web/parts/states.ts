// How components stand, and how each state looks: as a chip in a list, and as a light of the map.
import { Archive, CircleCheck, CircleSlash, CircleX, TriangleAlert } from '@lucide/vue'
import type { Component } from 'vue'
import type { ComponentState, Light } from '@/api/types'

export const STATES: ComponentState[] = ['good', 'damaged', 'missing', 'disused', 'removed']

export const LOOKS: Record<ComponentState, { chip: string; icon: Component; light: Light | null }> = {
  good: { chip: 'is-green', icon: CircleCheck, light: 'green' },
  damaged: { chip: 'is-amber', icon: TriangleAlert, light: 'yellow' },
  missing: { chip: 'is-red', icon: CircleX, light: 'red' },
  disused: { chip: '', icon: CircleSlash, light: null },
  removed: { chip: '', icon: Archive, light: null },
}
