// The shared parts, by one name: `import { DataTable, StateView } from '@/parts'`. The map and the charts are not here,
// so that a page pays for them only when it imports them: '@/parts/MapView.vue', '@/parts/Chart.vue'.
export { default as StateView } from './StateView.vue'
export { default as ProblemNote } from './ProblemNote.vue'
export { usePaged, type PagedList } from './paged'
export { useLoad, type Loaded } from './load'
export { useQuery } from './query'
export { say, confirm } from './say'
export { isPhone } from './screen'
