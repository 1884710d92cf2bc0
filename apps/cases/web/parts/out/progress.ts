// How far an export is. Of a CSV the lines can be counted; a workbook comes when it is finished.

/** Per cent, if that can be told. A line end inside a text makes it a little too much, so it stops at 99. */
export function percentOf(format: 'csv' | 'xlsx', far: { lines: number; rows?: number }): number | undefined {
  if (format !== 'csv' || !far.rows) return undefined
  return Math.min(99, Math.floor((far.lines / far.rows) * 100))
}
