// Texts of the pages of __name__.
const zh = {
  title: '__zh__',
  what: '事项',
  where: '区域',
  when: '登记时间',
  state: '状态',
  states: { open: '待办', done: '已办' },
  none: '还没有事项',
}
const en: typeof zh = {
  title: '__en__',
  what: 'What',
  where: 'Area',
  when: 'Made',
  state: 'State',
  states: { open: 'Open', done: 'Done' },
  none: 'Nothing yet',
}
export default { zh, en }
