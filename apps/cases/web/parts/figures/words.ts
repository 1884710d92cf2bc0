// Numbers of the figures as people read them.
import { language } from '@/i18n'

export const countText = (n: number) => n.toLocaleString(language() === 'zh' ? 'zh-CN' : 'en')

/** A rate, 0 to 1, with one decimal; one of nothing is a dash, not zero. */
export const rateText = (rate: number | null | undefined) => (rate === null || rate === undefined ? '—' : `${(rate * 100).toFixed(1)}%`)
