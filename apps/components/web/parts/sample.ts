// The sample of an import file: headings in the user's language, and two lines of no district at all. Whoever forgets them
// in a file is told so; lines with good codes would overwrite two street lamps.
import { i18n, language } from '@/i18n'

const HEADINGS = {
  zh: ['标识码', '名称', '经度', '纬度', '地址', '养护单位', '权属单位', '状态', '普查日期', '备注'],
  en: ['code', 'name', 'lng', 'lat', 'place', 'body', 'owner', 'state', 'surveyed_on', 'note'],
}
const STATES = { zh: ['完好', '破损'], en: ['good', 'damaged'] }

function sampleText(): string {
  const { t } = i18n.global
  const words = language()
  const line = (i: number, place: string) => [`0000000103700000${i + 1}`, t('components.sample.name'), `118.00000${i}`, '32.000000', place, '', t('components.sample.owner'), STATES[words][i]!, '2026-01-15', '']
  const lines = [HEADINGS[words], line(0, t('components.sample.place')), line(1, t('components.sample.other'))]
  // The mark at the start lets spreadsheets see that this is UTF-8.
  return `\uFEFF${lines.map((it) => it.join(',')).join('\n')}\n`
}

export function saveSample() {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([sampleText()], { type: 'text/csv' }))
  link.download = 'components-sample.csv'
  link.click()
  URL.revokeObjectURL(link.href)
}
