// The beginning that the codes of a whole major class share: 2026.M01 of 2026.M01001.
import type { CaseClass } from '@/api/types'

export function prefixOf(it: Pick<CaseClass, 'code' | 'edition' | 'major'>): string {
  const at = it.code.indexOf(it.major, it.edition.length + 1)
  return at < 0 ? it.code : it.code.slice(0, at + it.major.length)
}
