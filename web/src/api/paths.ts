// The server's operations in the form openapi-fetch reads.
import type * as T from './types'

type Op<Answer, Given extends { query?: object; path: object; body?: unknown }> = {
  parameters: { query?: QueryOf<Given>; path: Given['path']; header?: never; cookie?: never }
  responses: Ok<Answer>
} & BodyOf<Given>
type OpNoPath<Answer, Given extends { query?: object; body?: unknown } = object> = {
  parameters: { query?: QueryOf<Given>; path?: never; header?: never; cookie?: never }
  responses: Ok<Answer>
} & BodyOf<Given>
type QueryOf<Given> = Given extends { query: infer Q } ? Q : never
type BodyOf<Given> = Given extends { body: infer B } ? { requestBody: { content: { 'application/json': B } } } : { requestBody?: never }
type Ok<Answer> = { 200: { headers: Record<string, unknown>; content: { 'application/json': Answer } } }
type Paging = { after?: string; limit?: number }
type AreaFacts = { name_en?: string | null; kind?: string | null; population?: number | null; households?: number | null }
type ById = { path: { id: string } }
type ByCode = { path: { code: string } }

export type CaseFilter = {
  inbox?: boolean
  state?: string
  class?: string
  area?: string
  body?: string
  light?: T.Light
  source?: string
  filed?: boolean
  late?: boolean
  rated?: boolean
  from?: string
  to?: string
  text?: string
}
type StandardTerms = {
  condition: string
  condition_en?: string | null
  closing?: string | null
  closing_en?: string | null
  limit: { amount: number; unit: string }
  body?: string | null
  level?: string | null
  supervisor?: string | null
}

export interface paths {
  '/api/session': {
    get: OpNoPath<T.Me>
    post: OpNoPath<T.Me, { body: { login: string; password: string } }>
    delete: OpNoPath<undefined>
  }
  '/api/session/password': { put: OpNoPath<undefined, { body: { current: string; new: string } }> }
  '/api/meta': { get: OpNoPath<T.Meta> }
  '/api/users': {
    get: OpNoPath<T.Page<T.User>, { query: { text?: string; role?: string; area?: string; body?: string } & Paging }>
    post: OpNoPath<T.User, { body: { id?: string; login: string; name: string; body?: string | null; area?: string | null } }>
  }
  '/api/users/{id}': {
    get: Op<T.User, ById>
    put: Op<T.User, ById & { body: { version: number; name: string; active: boolean; body?: string | null; area?: string | null } }>
  }
  '/api/users/{id}/password': { put: Op<undefined, ById & { body: { password: string } }> }
  '/api/users/{id}/grants': { put: Op<T.User, ById & { body: { version: number; grants: T.Grant[] } }> }
  '/api/roles': {
    get: OpNoPath<T.Role[]>
    post: OpNoPath<T.Role, { body: { code: string; zh: string; en: string; permissions: string[] } }>
  }
  '/api/roles/{code}': {
    put: Op<T.Role, ByCode & { body: { version: number; zh: string; en: string; permissions: string[] } }>
  }
  '/api/permissions': { get: OpNoPath<T.Permission[]> }
  '/api/audit': {
    get: OpNoPath<
      T.Page<T.AuditEntry>,
      { query: { actor?: string; action?: string; subject?: string; from?: string; to?: string } & Paging }
    >
  }
  '/api/audit/verify': { get: OpNoPath<T.AuditVerdict> }
  '/api/jobs': { get: OpNoPath<T.Job[]> }
  '/api/jobs/{name}/run': { post: Op<undefined, { path: { name: string } }> }

  '/api/areas': {
    get: OpNoPath<T.Page<T.Area>, { query: { parent?: string; under?: string; level?: T.AreaLevel; text?: string } & Paging }>
    post: OpNoPath<T.Area, { body: { id?: string; code?: string; parent?: string; name: string } & AreaFacts }>
  }
  '/api/areas/{code}': { get: Op<T.AreaDetail, ByCode>; put: Op<T.Area, ByCode & { body: { version: number; name: string } & AreaFacts }> }
  '/api/areas/shapes': { get: OpNoPath<T.Shapes, { query: { level: T.AreaLevel; under?: string; simplify?: number } }> }
  '/api/areas/locate': { get: OpNoPath<T.Located, { query: T.LngLat & { crs?: 'wgs84' | 'gcj02' | 'bd09' } }> }
  '/api/bodies': {
    get: OpNoPath<T.Page<T.Body>, { query: { kind?: T.BodyKind; text?: string; area?: string; active?: boolean } & Paging }>
    post: OpNoPath<T.Body, { body: { id?: string; code?: string; kind: T.BodyKind; name: string; name_en?: string | null; area?: string | null } }>
  }
  '/api/bodies/{code}': {
    put: Op<T.Body, ByCode & { body: { version: number; name: string; name_en?: string | null; area?: string | null; active: boolean } }>
  }
  '/api/posts': {
    get: OpNoPath<T.Page<T.Post>, { query: { area?: string } & Paging }>
    post: OpNoPath<T.Post, { body: { id?: string; user: string; area: string; kind: T.PostKind } }>
  }
  '/api/posts/{id}': { delete: Op<undefined, ById> }

  '/api/cases': {
    get: OpNoPath<T.Page<T.CaseRow>, { query: CaseFilter & { sort?: 'due' | 'reported' } & Paging }>
    post: OpNoPath<T.Receipt, { body: T.Report }>
  }
  '/api/cases/{id}': { get: Op<T.CaseDesk, ById> }
  '/api/cases/{id}/moves': { post: Op<T.Receipt, ById & { body: T.MoveInput }> }
  '/api/cases/{id}/contact': { post: Op<T.Contact, ById & { body: { purpose: string } }> }
  '/api/cases/points': { get: OpNoPath<T.CasePoint[], { query: CaseFilter }> }
  '/api/cases/counts': { get: OpNoPath<T.CaseCounts> }
  '/api/cases/figures': {
    get: OpNoPath<
      T.Figures,
      { query: { by: 'town' | 'village' | 'body' | 'class' | 'month'; under?: string; from?: string; to?: string } }
    >
  }
  '/api/classes': { get: OpNoPath<T.CaseClass[], { query: { kind?: string; edition?: string } }> }
  '/api/standards': {
    get: OpNoPath<T.Page<T.FilingStandard>, { query: { class?: string; body?: string; text?: string; all?: boolean } & Paging }>
    post: OpNoPath<T.FilingStandard, { body: { id?: string; class: string } & StandardTerms }>
  }
  '/api/standards/{id}': {
    put: Op<T.FilingStandard, ById & { body: { version: number; valid_from?: string | null; valid_to?: string | null } & StandardTerms }>
  }
  '/api/cases/standards/import/{id}': { get: Op<T.ListPreview, ById> }
  '/api/cases/standards/import/{id}/commit': { post: Op<T.ListDone, ById & { body: { end_gone: boolean } }> }
}
