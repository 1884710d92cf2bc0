// The words of the wire: what the server sends and takes, by the names the pages use.

export interface Page<T> {
  items: T[]
  next?: string | null
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
  user: { id: string; login: string; name: string; body?: string | null; area?: string | null; must_change: boolean }
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
  map: { bounds?: number[] | null; base?: { url: string; attribution?: string | null } | null }
  district?: string | null
  time_zone: string
}
export type ScopeKind = 'all' | 'area' | 'body' | 'own'
export interface Grant {
  role: string
  scope: { kind: ScopeKind; code?: string | null }
}
export interface User {
  id: string
  login: string
  name: string
  active: boolean
  body?: string | null
  area?: string | null
  grants: Grant[]
  last_login_at?: string | null
  locked: boolean
  can_log_in: boolean
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
  at: string
  actor?: string | null
  actor_name: string
  ip?: string | null
  action: string
  subject: string
  outcome: string
  /** Facts, as JSON text. */
  detail: string
  seq?: number | null
  hash?: string | null
}
export interface AuditVerdict {
  entries: number
  ok: boolean
  first_bad?: number | null
  unsealed: number
  head?: string | null
}
export interface Job {
  name: string
  zh: string
  en: string
  every_seconds: number
  running: boolean
  started_at?: string | null
  ended_at?: string | null
  succeeded_at?: string | null
  next_run_at?: string | null
  error?: string | null
  summary?: string | null
  runs: number
  failures: number
}
export interface StoredFile {
  id: string
  name: string
  mime: string
  bytes: number
  width?: number | null
  height?: number | null
  taken_at?: string | null
  /** Where it was taken, if the photo says so (WGS 84). */
  lng?: number | null
  lat?: number | null
  sha256: string
}

// grid ---------------------------------------------------------------------------------------------------------------
export type AreaLevel = 'district' | 'town' | 'village' | 'grid'
export interface Area {
  code: string
  level: AreaLevel
  parent?: string | null
  name: string
  name_en?: string | null
  kind?: string | null
  population?: number | null
  households?: number | null
  center?: LngLat | null
  has_shape: boolean
  children: number
  version: number
}
export interface AreaDetail extends Area {
  path: CodeName[]
  /** What lies in the area, itself included. */
  inside: {
    towns: number
    villages: number
    grids: number
    households: number
    population: number
    staff: Record<PostKind, number>
  }
}
export interface Shapes {
  type: 'FeatureCollection'
  features: {
    type: 'Feature'
    properties: { code: string; name: string; name_en?: string | null; level: AreaLevel; kind?: string | null }
    geometry: { type: 'MultiPolygon'; coordinates: number[][][][] }
  }[]
}
export interface Located {
  /** Metres outside the innermost of these; 0 inside. */
  distance: number
  grid?: CodeName | null
  village?: CodeName | null
  town?: CodeName | null
  district?: CodeName | null
}
export type BodyKind = 'department' | 'company' | 'town' | 'village'
export interface Body {
  code: string
  kind: BodyKind
  name: string
  name_en?: string | null
  area?: string | null
  area_name?: string | null
  active: boolean
  version: number
}
export type PostKind = 'lead' | 'full_time' | 'part_time' | 'volunteer'
export interface Post {
  id: string
  user: { id: string; name: string; active: boolean }
  area: string
  area_name: string
  kind: PostKind
}
export interface ImportProblem {
  file?: string | null
  line?: number | null
  row?: number | null
  column?: string | null
  /** `error` stops an import, `warning` and `note` do not. */
  severity?: string
  code: string
  detail: string
  value?: string | null
}
export interface AreaImport {
  areas_new: number
  areas_changed: number
  areas_unchanged: number
  shapes: number
  /** The first 500. */
  problems: ImportProblem[]
  problems_total: number
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
export type Satisfaction = 'satisfied' | 'neutral' | 'dissatisfied'
export interface Named extends CodeName {
  name_en?: string | null
}
export interface Contact {
  name?: string | null
  phone?: string | null
}
export interface Report {
  id?: string | null
  source: CaseSource
  class?: string | null
  description: string
  place?: string | null
  point?: (LngLat & { crs?: 'wgs84' | 'gcj02' | 'bd09' | null }) | null
  area?: string | null
  photos?: string[]
  contact?: Contact | null
}
/** The answer to a report or a move. */
export interface Receipt {
  id: string
  number: string
  state: CaseState
  version: number
  entry: string
}
export interface CaseRow {
  id: string
  number: string
  state: CaseState
  light?: Light | null
  description: string
  class?: Named | null
  standard?: { id: string; code: string; name: string; name_en?: string | null; limit_zh: string; limit_en: string } | null
  area: CodeName & { path: string }
  place?: string | null
  point?: LngLat | null
  body?: Named | null
  source: CaseSource
  due_at?: string | null
  reported_at: string
  closed_at?: string | null
  late?: boolean | null
  photo?: string | null
  version: number
}
export type StepName = 'report' | 'file' | 'dispatch' | 'handle' | 'check' | 'evaluate'
export interface CaseStep {
  step: StepName
  state: string
  at?: string | null
}
export interface Person {
  id: string
  name: string
}
export interface CaseFacts extends CaseRow {
  /** Masked. */
  contact?: Contact | null
  may_see_contact: boolean
  handle_paused: boolean
  reworks: number
  returns: number
  satisfaction?: Satisfaction | null
  truth?: boolean | null
  passed?: boolean | null
  reporter?: Person | null
  assignee?: Person | null
  verifier?: Person | null
  checker?: Person | null
  closing?: string | null
  closing_en?: string | null
  external_ref?: string | null
  steps: CaseStep[]
}
export interface CasePhoto {
  file: string
  entry: string
  taken_at?: string | null
  point?: LngLat | null
}
export interface TimelineEntry {
  id: string
  at: string
  actor_name: string
  action: string
  from: CaseState
  to: CaseState
  note?: string | null
  detail: {
    class?: Named | null
    standard?: Named | null
    body?: Named | null
    user?: string | null
    truth?: boolean | null
    passed?: boolean | null
    satisfaction?: Satisfaction | null
    due_at?: string | null
  }
  took_seconds?: number | null
}
export interface Suggestion {
  value: string
  label: string
  why_zh: string
  why_en: string
}
export interface MoveNeed {
  field: string
  /** `text`, `bool`, `choice`, `photos` or `pick`. */
  kind: string
  required: boolean
  zh: string
  en: string
  choices: { value: string; zh: string; en: string }[]
  suggested: Suggestion[]
}
export interface Move {
  action: string
  zh: string
  en: string
  to: CaseState
  danger: boolean
  side: boolean
  needs: MoveNeed[]
}
export interface MoveInput {
  id?: string | null
  version: number
  action: string
  note?: string | null
  standard?: string | null
  body?: string | null
  user?: string | null
  truth?: boolean | null
  passed?: boolean | null
  satisfaction?: Satisfaction | null
  photos?: string[]
}
export interface CaseDesk {
  facts: CaseFacts
  photos: CasePhoto[]
  timeline: TimelineEntry[]
  moves: Move[]
}
export interface CasePoint extends LngLat {
  id: string
  state: CaseState
  light?: Light | null
}
export interface CaseCounts {
  inbox: number
  inbox_red: number
  inbox_by_state: Partial<Record<CaseState, number>>
  by_state: Partial<Record<CaseState, number>>
  red: number
  yellow: number
}
export interface FigureRow {
  code: string
  name: string
  name_en?: string | null
  reported: number
  accepted: number
  declined: number
  filed: number
  dispatched: number
  returned: number
  handled: number
  reworked: number
  closed: number
  closed_on_time: number
  voided: number
  rated: number
  satisfied: number
  closing_rate?: number | null
  on_time_rate?: number | null
  satisfaction_rate?: number | null
}
export interface Figures {
  rows: FigureRow[]
  total: FigureRow
}
export interface CaseClass {
  code: string
  edition: string
  kind: string
  major: string
  major_name: string
  major_name_en?: string | null
  name: string
  name_en?: string | null
}
export interface FilingStandard {
  id: string
  code: string
  class: Named
  major_name: string
  condition: string
  condition_en?: string | null
  closing?: string | null
  closing_en?: string | null
  limit: { amount: number; unit: string; zh: string; en: string }
  body?: Named | null
  level?: string | null
  supervisor?: Named | null
  valid_from?: string | null
  valid_to?: string | null
  version: number
}
/** What becomes of a row of a list. */
export type ListFate = 'new' | 'changed' | 'unchanged' | 'open'
export interface ListRow {
  row: number
  fate: ListFate
  /** Why it is left out. */
  why?: string | null
  /** Without a code it would be made. */
  class?: { code?: string | null; major_name: string; name: string; name_en?: string | null } | null
  /** Code of the standard that is there. */
  standard?: string | null
  condition: string
  closing?: string | null
  limit?: FilingStandard['limit'] | null
  body?: Named | null
  level?: string | null
  supervisor?: Named | null
  differs: { field: string; before: string; after: string }[]
}
/** What an import of a list did. */
export interface ListDone {
  added: number
  changed: number
  unchanged: number
  left_out: number
  ended: number
  classes: number
}
/** A responsibility list as it was understood, and what it would change. */
export interface ListPreview {
  id: string
  file: string
  at: string
  valid_from: string
  sheet: string
  sheets: string[]
  header_row: number
  columns: { letter: string; header: string; meaning?: string | null }[]
  edition?: string | null
  rows_skipped: number
  counts: Record<ListFate | 'gone' | 'classes', number>
  /** The first 5,000, the unchanged ones last. */
  rows: ListRow[]
  /** In force, and not in the list. */
  gone: { id: string; code: string; class: Named; condition: string }[]
  /** The first 500. */
  problems: ImportProblem[]
  problems_total: number
  done?: ListDone | null
}
