// Texts of the cases' pages; each page's own are in messages/, here are those that all share: the words of the field.
import bulk from './messages/bulk'
import care from './messages/care'
import component from './messages/component'
import desk from './messages/desk'
import evaluation from './messages/evaluation'
import figures from './messages/figures'
import list from './messages/list'
import listDesk from './messages/list_desk'
import open311 from './messages/open311'
import out from './messages/out'
import outside from './messages/outside'
import reception from './messages/reception'
import settings from './messages/settings'
import phrases from './messages/phrases'
import standards from './messages/standards'
import supervision from './messages/supervision'

const zh = {
  name: '案件',
  menu: {
    inbox: '待办',
    report: '上报',
    list: '案件',
    case: '案件详情',
    figures: '统计',
    standards: '责任清单',
    standardsImport: '导入责任清单',
  },
  state: {
    reported: '待受理',
    verifying: '核实中',
    accepted: '待立案',
    declined: '不予受理',
    filed: '待派遣',
    dispatched: '待接收',
    handling: '处理中',
    handled: '待核查',
    suspended: '挂账中',
    checking: '核查中',
    checked: '待结案',
    closed: '已结案',
    voided: '已作废',
  },
  source: { worker: '网格员', resident: '居民', hotline: '热线', department: '部门' },
  ...desk.zh,
  list: list.zh,
  component: component.zh,
  listDesk: listDesk.zh,
  open311: open311.zh,
  out: out.zh,
  outside: outside.zh,
  evaluation: evaluation.zh,
  figures: figures.zh,
  reception: reception.zh,
  settings: settings.zh,
  standards: standards.zh,
  bulk: bulk.zh,
  phrases: phrases.zh,
  supervision: supervision.zh,
  care: care.zh,
}
const en: typeof zh = {
  name: 'Cases',
  menu: {
    inbox: 'Inbox',
    report: 'Report',
    list: 'Cases',
    case: 'Case',
    figures: 'Figures',
    standards: 'Responsibility list',
    standardsImport: 'Import the responsibility list',
  },
  state: {
    reported: 'Reported',
    verifying: 'Being verified',
    accepted: 'Accepted',
    declined: 'Declined',
    filed: 'Filed',
    dispatched: 'Dispatched',
    handling: 'Being handled',
    handled: 'Handled',
    suspended: 'Suspended',
    checking: 'Being checked',
    checked: 'Checked',
    closed: 'Closed',
    voided: 'Voided',
  },
  source: { worker: 'Grid worker', resident: 'Resident', hotline: 'Hotline', department: 'Department' },
  ...desk.en,
  list: list.en,
  component: component.en,
  listDesk: listDesk.en,
  open311: open311.en,
  out: out.en,
  outside: outside.en,
  evaluation: evaluation.en,
  figures: figures.en,
  reception: reception.en,
  settings: settings.en,
  standards: standards.en,
  bulk: bulk.en,
  phrases: phrases.en,
  supervision: supervision.en,
  care: care.en,
}
export default { zh, en }
