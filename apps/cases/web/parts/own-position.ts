// Where the device is: asked for by a button, or without one where the user has allowed it before.
import { ref } from 'vue'
import type { LngLat } from '@/api/types'

export interface Fix extends LngLat {
  /** Within how many metres. */
  accuracy: number
}

export function useOwnPosition() {
  /** Browsers tell it to pages that came over HTTPS, or from this very device. */
  const can = 'geolocation' in navigator && isSecureContext
  const locating = ref(false)
  const failed = ref(false)

  /** null when the device does not know, or the user would rather not say. */
  function find(): Promise<Fix | null> {
    locating.value = true
    failed.value = false
    return new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          locating.value = false
          resolve({ lng: coords.longitude, lat: coords.latitude, accuracy: Math.round(coords.accuracy) })
        },
        () => {
          locating.value = false
          failed.value = true
          resolve(null)
        },
        { enableHighAccuracy: true, timeout: 12_000, maximumAge: 20_000 },
      )
    })
  }
  /** Whether asking would raise no question. */
  const allowed = async () => can && (await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null))?.state === 'granted'
  return { can, locating, failed, find, allowed }
}
