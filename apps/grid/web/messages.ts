// Texts of the grid's pages.
const zh = { areas: { title: '网格地图' }, bodies: { title: '责任单位' }, import: { title: '导入区域' } }
const en: typeof zh = { areas: { title: 'Areas' }, bodies: { title: 'Bodies' }, import: { title: 'Import areas' } }
export default { zh, en }
