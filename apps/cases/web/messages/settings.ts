// Texts of the settings of cases.
const zh = {
  title: '案件设置',
  sub: '全区适用，修改会留痕',
  first_level: '上报先到哪一级中心',
  reopen_days: '结案后多少天内可重新打开',
  extensions: '每个案件最多延期次数',
  suspension_days: '挂账最长天数',
  reasons: '不满意的原因',
  hint: {
    first_level: '新上报由这一级受理；处理不了的逐级上报，不归本级的下派',
    reopen_days: '超过后请上报人重新上报',
    extensions: '每次延长一个原时限，超期后不能延',
    suspension_days: '每个案件只能挂账一次，到期自动恢复',
    reasons: '回访时供选择；代码用小写字母、数字和下划线，用过的代码请勿改',
  },
  level: { district: '区', town: '镇街', village: '村社区' },
  code: '代码',
  add: '增加一项',
  drop: '删除“{name}”',
}
const en: typeof zh = {
  title: 'Settings',
  sub: 'For the whole district; changes are recorded',
  first_level: 'The centre that a report goes to first',
  reopen_days: 'Days after closing in which a case can be reopened',
  extensions: 'Extensions of one case at most',
  suspension_days: 'Days that a case can be suspended at most',
  reasons: 'Reasons for dissatisfaction',
  hint: {
    first_level: 'It accepts what is reported; what it cannot settle is sent up, what is not its own is sent down',
    reopen_days: 'After that the reporter is asked to report anew',
    extensions: 'Each adds the original limit once more; never after the deadline',
    suspension_days: 'A case can be suspended once and resumes by itself',
    reasons: 'Offered when a reporter is called back; codes of small letters, digits and underlines; do not change one in use',
  },
  level: { district: 'District', town: 'Town', village: 'Village' },
  code: 'Code',
  add: 'Add one',
  drop: 'Delete “{name}”',
}
export default { zh, en }
