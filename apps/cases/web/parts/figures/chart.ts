// The chart of the figures: months in their order, other groups from the largest down, two counts each.
import type { EChartsOption } from 'echarts/types/dist/shared'
import type { FigureRow, Figures } from '@/api/types'
import { type Group, type Measure, onlyOfBody } from './links'

/** More bars than these say nothing any more. */
export const MOST_BARS = 12

/** The two counts that groups are drawn by. */
export const drawn = (by: Group, total: FigureRow): [Measure, Measure] => [by === 'body' || onlyOfBody(total) ? 'dispatched' : 'reported', 'closed']

export function optionOf({ rows, total }: Figures, by: Group, text: { name: (row: FigureRow) => string; measure: (which: Measure) => string }): EChartsOption {
  const [one, other] = drawn(by, total)
  const months = by === 'month'
  const chosen = months ? rows : [...rows].sort((a, b) => b[one] - a[one]).slice(0, MOST_BARS)
  const names = { type: 'category' as const, data: chosen.map(text.name), inverse: !months, axisLabel: months ? {} : { width: 104, overflow: 'truncate' as const } }
  const values = { type: 'value' as const, minInterval: 1, splitNumber: 4 }
  const bar = (which: Measure) => ({ name: text.measure(which), type: 'bar' as const, barGap: '15%', data: chosen.map((row) => row[which]) })
  return {
    animationDuration: 300,
    legend: { top: 0, left: 0 },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    grid: { top: 34, left: 4, right: 14, bottom: 4, containLabel: true },
    ...(months ? { xAxis: names, yAxis: values } : { xAxis: values, yAxis: names }),
    series: [bar(one), bar(other)],
  }
}
