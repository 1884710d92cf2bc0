// The words of the wire by the names the pages use. All are the server's own: schema.d.ts is made from openapi.json.
import type { components, paths } from './schema'

type Schema = components['schemas']

export interface Page<T> {
  items: T[]
  next?: string | null
}
export type LngLat = Schema['LngLat']
export type Light = NonNullable<CaseRow['light']>
export interface CodeName {
  code: string
  name: string
}
export type Named = Schema['Named']

// kernel -------------------------------------------------------------------------------------------------------------
export type Me = Schema['Me']
export type Meta = Schema['Meta']
export type DemoAccount = Schema['DemoAccount']
export type Grant = Schema['GrantView']
export type ScopeKind = Grant['scope']['kind']
export type User = Schema['UserView']
export type RoleName = Schema['MyRole']
export type Role = Schema['RoleView']
export type Permission = Schema['PermissionView']
export type AuditEntry = Schema['AuditEntry']
export type AuditVerdict = Schema['Verdict']
export type Job = Schema['JobView']
export type ApiKey = Schema['KeyView']
export type ApiKeyMade = Schema['KeyMade']
export type Hook = Schema['HookView']
export type HookMade = Schema['HookMade']
export type HookTopic = Schema['TopicView']
export type Delivery = Schema['Progress']
export type StoredFile = Schema['FileView']

// grid ---------------------------------------------------------------------------------------------------------------
export type Area = Schema['AreaView']
export type AreaLevel = Area['level']
export type AreaDetail = Schema['AreaDetail']
export type GridKind = Schema['GridKind']
export type Shapes = Schema['FeatureCollection']
export type Located = Schema['LocatedView']
export type Body = Schema['BodyView']
export type BodyKind = Schema['BodyKind']
export type Post = Schema['PostView']
export type PostKind = Schema['PostKind']
export type AreaImport = Schema['ImportView']
/** What an import page lists; each app's imports say a part of it. */
export type ImportProblem = Pick<Schema['ProblemView'], 'severity' | 'code' | 'detail'> & {
  file?: string
  line?: number | null
  column?: string | null
}

// components ---------------------------------------------------------------------------------------------------------
export type Component = Schema['ComponentView']
export type ComponentState = Component['state']
export type ComponentClass = Schema['ComponentClass']
/** What an import of components did, or would do. */
export type ComponentImport = Schema['ComponentImport']

// cases --------------------------------------------------------------------------------------------------------------
export type CaseState = Schema['State']
export type CaseSource = Schema['Source']
export type Satisfaction = Schema['Satisfaction']
export type Contact = Schema['ContactView']
export type Report = Schema['Report']
/** The answer to a report or a move. */
export type Receipt = Schema['Receipt']
/** What a list of cases can be asked for. */
export type CaseFilter = Omit<NonNullable<paths['/api/cases']['get']['parameters']['query']>, 'after' | 'limit' | 'sort'>
export type CaseRow = Schema['CaseRow']
export type CaseFacts = Schema['CaseFacts']
export type CaseStep = Schema['StepView']
export type StepName = Schema['Step']
export type Person = Schema['Person']
export type CasePhoto = Schema['PhotoView']
export type TimelineEntry = Schema['EntryView']
export type Suggestion = Schema['Suggestion']
export type Move = Schema['MoveView']
export type MoveNeed = Schema['NeedView']
export type MoveInput = Schema['MoveInput']
export type CaseDesk = Schema['CaseDesk']
/** How a move on many cases went with one of them. */
export type BulkResult = Schema['BulkResult']
export type Phrase = Schema['PhraseView']
export type Order = Schema['OrderView']
export type OrderKind = Schema['OrderKind']
export type OrderState = Schema['OrderState']
export type OrderAction = Schema['OrderAction']
export type CallbackRow = Schema['CallbackRow']
export type CallbackCase = Schema['CallbackCase']
export type CallbackScript = Schema['CallbackScript']
export type Precedent = Schema['PrecedentView']
export type CasePrecedent = Schema['CasePrecedent']
export type QualityRow = Schema['QualityRow']
export type ReportVerdict = Schema['ReportVerdict']
export type OrderCounts = Schema['OrderCounts']
export type OrderRule = Schema['OrderRuleView']
export type CasePoint = Schema['PointRow']
export type CaseCounts = Schema['CountsView']
export type KeptFilter = Schema['FilterView']
export type Subscription = Schema['SubscriptionView']
export type Message = Schema['MessageRow']
export type FigureRow = Schema['FigureRow']
export type Figures = Schema['Figures']
export type CaseClass = Schema['Class']
export type FilingStandard = Schema['StandardView']
/** In what a standard differs. */
export type TermChange = Schema['TermChange']
export type Edition = Schema['EditionView']
export type CrosswalkRow = Schema['CrosswalkRow']
export type Proposal = Schema['ProposalView']
/** What is missing in the list or contradicts itself. */
export type ListFinding = Schema['Finding']
/** A year of the working calendar. */
export type CalendarYear = Schema['CalendarView']
export type CalendarChange = Schema['CalendarChange']
/** What a change of the calendar does to running cases. */
export type CalendarTouched = Schema['Touched']
/** A case that a report may be about, with the reasons. */
export type Duplicate = Schema['DuplicateView']
export type DuplicateRule = Schema['DuplicateRule']
export type FoundPlace = Schema['FoundPlace']
export type Caller = Schema['CallerView']
/** An area and time without reports. */
export type Control = Schema['ControlView']
export type ClassGuess = Schema['ClassGuess']
export type Training = Schema['TrainingView']
/** What a case has to do with others. */
export type CaseFamily = Schema['CaseFamily']
export type OutsideCase = Schema['OutsideCase']
export type OutsideLink = Schema['LinkRow']
export type OutsideBody = Schema['OutsideBodyView']
/** What becomes of a row of a list. */
export type ListFate = Schema['Fate']
export type ListRow = Schema['RowView']
/** What an import of a list did. */
export type ListDone = Schema['Done']
/** A responsibility list as it was understood, and what it would change. */
export type ListPreview = Schema['PreviewView']
export type Open311 = Schema['Open311View']
export type Open311Service = Schema['Open311ServiceView']
export type Open311Attribute = Schema['Open311Attribute']
export type Open311Server = Schema['Open311Server']
export type Open311Sending = Schema['Open311Sending']
/** What the district sets for its cases, with its version. */
export type CaseSettings = Schema['CaseSettingsView']
/** When somebody is on duty. */
export type Duty = Schema['DutyView']
