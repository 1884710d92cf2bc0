// Texts of what leaves the system: exports, documents, saved filters, messages.
const zh = {
  export: '导出',
  xlsx: 'Excel 工作簿（.xlsx）',
  csv: 'CSV（逗号分隔）',
  percent: '正在导出 {percent}%',
  preparing: '正在准备 {rows} 行…',
  bytes: '已接收 {mb} MB',
  stop: '停止导出',
  saved: '已导出 | 已导出 {rows} 行',
  pdf: '打印 / PDF',
  bulletin: '月报',
  month: '月份',
  bulletinText: '所选月份与上月、去年同月对比，含各镇街、单位、高发类别及图表。',
  bulletinGet: '生成 PDF',
}
const en: typeof zh = {
  export: 'Export',
  xlsx: 'Excel workbook (.xlsx)',
  csv: 'CSV (comma-separated)',
  percent: 'Exporting {percent}%',
  preparing: 'Preparing {rows} rows…',
  bytes: '{mb} MB received',
  stop: 'Stop the export',
  saved: 'Exported | {rows} rows exported',
  pdf: 'Print / PDF',
  bulletin: 'Bulletin',
  month: 'Month',
  bulletinText: 'The month beside the one before and the same month a year before: towns, bodies, most frequent classes, with charts.',
  bulletinGet: 'Make the PDF',
}
export default { zh, en }
