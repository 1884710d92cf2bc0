// The words of the wire: what the server sends and takes, by the names the pages use.

export interface Page<T> {
  items: T[]
  next: string | null
}
export interface LngLat {
  lng: number
  lat: number
}
export type Light = 'green' | 'yellow' | 'red'
export interface CodeName {
  code: string
  name: string
}

// kernel -------------------------------------------------------------------------------------------------------------
export interface RoleName {
  code: string
  zh: string
  en: string
}
export interface Me {
  user: { id: string; login: string; name: string; body?: string; area?: string }
  roles: RoleName[]
  permissions: string[]
  expires_at: string
}
export interface DemoAccount {
  login: string
  password: string
  name: string
  role_zh: string
  role_en: string
}
export interface Meta {
  name: string
  name_en: string
  version: string
  demo: boolean
  demo_accounts: DemoAccount[]
  map: { center: number[]; zoom: number; base?: { url: string; attribution: string } }
  district?: string
  time_zone: string
}
export type ScopeKind = 'all' | 'area' | 'body' | 'own'
export interface Grant {
  role: string
  scope: { kind: ScopeKind; code?: string }
}
export interface User {
  id: string
  login: string
  name: string
  active: boolean
  body?: string
  area?: string
  grants: Grant[]
  last_login?: string
  locked: boolean
  version: number
}
export interface Role extends RoleName {
  built_in: boolean
  permissions: string[]
  version: number
}
export interface Permission extends RoleName {
  app: string
}
export interface AuditEntry {
  id: string
  seq?: number
  at: string
  actor?: string
  actor_name: string
  action: string
  subject: string
  outcome: string
  detail: unknown
  hash?: string
}
export interface AuditVerdict {
  entries: number
  ok: boolean
  first_bad?: number | string
  unsealed: number
}
export interface Job {
  name: string
  zh: string
  en: string
  every_seconds: number
  last_start?: string
  last_end?: string
  last_ok?: boolean
  last_error?: string
  last_summary?: string
  next_run: string
  running: boolean
}
export interface StoredFile {
  id: string
  name: string
  mime: string
  bytes: number
  width?: number
  height?: number
  taken_at?: string
  point?: LngLat
  sha256: string
}

// grid ---------------------------------------------------------------------------------------------------------------
export type AreaLevel = 'district' | 'town' | 'village' | 'grid'
export interface Area {
  code: string
  level: AreaLevel
  parent?: string
  name: string
  kind?: string
  population?: number
  households?: number
  center?: LngLat
  has_shape: boolean
  children: number
  version?: number
}
export interface AreaDetail extends Area {
  path: CodeName[]
}
export interface Shapes {
  type: 'FeatureCollection'
  features: {
    type: 'Feature'
    properties: { code: string; name: string; level: AreaLevel; kind?: string }
    geometry: { type: 'Polygon'; coordinates: number[][][] } | { type: 'MultiPolygon'; coordinates: number[][][][] }
  }[]
}
export interface Located {
  grid?: CodeName
  village?: CodeName
  town?: CodeName
  district?: CodeName
}
export type BodyKind = 'department' | 'company' | 'town' | 'village'
export interface Body {
  code: string
  kind: BodyKind
  name: string
  area?: string
  active: boolean
  version: number
}
export type PostKind = 'lead' | 'full_time' | 'part_time' | 'volunteer'
export interface Post {
  id: string
  user: { id: string; name: string }
  area: string
  area_name: string
  kind: PostKind
}
export interface ImportProblem {
  file?: string
  line?: number
  row?: number
  column?: string
  code: string
  detail: string
  value?: string
}
export interface AreaImport {
  areas_new: number
  areas_changed: number
  shapes: number
  problems: ImportProblem[]
  committed: boolean
}

// cases --------------------------------------------------------------------------------------------------------------
export type CaseState =
  | 'reported'
  | 'verifying'
  | 'accepted'
  | 'declined'
  | 'filed'
  | 'dispatched'
  | 'handling'
  | 'handled'
  | 'checking'
  | 'checked'
  | 'closed'
  | 'voided'
export type CaseSource = 'worker' | 'resident' | 'hotline' | 'department'
export interface Report {
  id?: string
  source: CaseSource
  kind?: 'component' | 'matter'
  class?: string
  description: string
  place?: string
  point?: LngLat & { crs?: 'wgs84' | 'gcj02' | 'bd09' }
  area?: string
  photos: string[]
  reporter?: { name?: string; phone?: string }
}
export interface CaseRow {
  id: string
  number: string
  state: CaseState
  light?: Light
  description: string
  class?: CodeName
  standard?: { id: string; name: string }
  area: CodeName & { path: string }
  place?: string
  point?: LngLat
  body?: CodeName
  source: CaseSource
  stage?: string
  due_at?: string
  reported_at: string
  closed_at?: string
  photo?: string
  version: number
}
export type StepName = 'report' | 'file' | 'dispatch' | 'handle' | 'check' | 'evaluate'
export interface CaseStep {
  step: StepName
  state: 'done' | 'now' | 'todo'
  at?: string
}
export interface CaseFacts extends CaseRow {
  reporter?: { name_masked?: string; phone_masked?: string }
  handle_due_at?: string
  handle_paused: boolean
  rework_count: number
  return_count: number
  satisfaction?: string
  assignee?: { id: string; name: string }
  verifier?: { id: string; name: string }
  checker?: { id: string; name: string }
  external_ref?: string
  steps: CaseStep[]
}
export interface TimelineEntry {
  id: string
  at: string
  actor_name: string
  action: string
  from?: string
  to?: string
  note?: string
  detail: Record<string, unknown>
  photos: string[]
  took_seconds?: number
}
export type NeedKind = 'text' | 'reason' | 'standard' | 'body' | 'user' | 'photos' | 'bool' | 'choice'
export interface MoveNeed {
  field: string
  kind: NeedKind
  required: boolean
  zh: string
  en: string
  choices?: { value: string; zh: string; en: string }[]
  suggested?: { value: string; label: string; why?: string }[]
}
export interface Move {
  action: string
  zh: string
  en: string
  to: string
  danger: boolean
  needs: MoveNeed[]
}
export interface MoveInput {
  id?: string
  version: number
  action: string
  note?: string
  standard?: string
  body?: string
  user?: string
  passed?: boolean
  truth?: boolean
  satisfaction?: string
  photos?: string[]
}
export interface CaseDesk {
  facts: CaseFacts
  photos: { file: string; entry: string; taken_at?: string; point?: LngLat }[]
  timeline: TimelineEntry[]
  moves: Move[]
}
export interface CasePoint extends LngLat {
  id: string
  state: CaseState
  light?: Light
}
export interface CaseCounts {
  inbox: number
  by_state: Partial<Record<CaseState, number>>
  red: number
  yellow: number
}
export interface FigureRow {
  code: string
  name: string
  reported: number
  accepted: number
  declined: number
  filed: number
  dispatched: number
  handled: number
  handled_on_time: number
  closed: number
  closed_on_time: number
  rework: number
  returned: number
  voided: number
  satisfied: number
  rated: number
  closing_rate?: number
  on_time_rate?: number
}
export interface Figures {
  rows: FigureRow[]
  total: Omit<FigureRow, 'code' | 'name'>
}
export interface CaseClass {
  edition: string
  kind: string
  code: string
  major: string
  major_name: string
  name: string
  name_en?: string
}
export interface FilingStandard {
  id: string
  code: string
  class: string
  class_name: string
  name: string
  condition: string
  closing_condition?: string
  limit: { amount: number; unit: 'urgent_hour' | 'working_hour' | 'working_day' | 'calendar_day' }
  body?: CodeName
  level?: 'town' | 'village'
  supervisor?: string
  valid_from?: string
  valid_to?: string
}
export interface StandardsPreview {
  id: string
  sheet: string
  header_row: number
  columns: { column: string; meaning?: string }[]
  rows_understood: number
  rows_skipped: number
  items: FilingStandard[]
  problems: ImportProblem[]
}
