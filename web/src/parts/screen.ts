// How wide the screen is, as a ref: below 768 px the phone's layout holds.
import { ref } from 'vue'

const phone = matchMedia('(max-width: 767px)')
export const isPhone = ref(phone.matches)
phone.addEventListener('change', () => (isPhone.value = phone.matches))
