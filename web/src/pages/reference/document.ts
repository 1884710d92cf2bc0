// Reads an OpenAPI document into what the reference page shows: operations by tag, fields of bodies, an example, a curl line.
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  additionalProperties?: boolean | Schema
  propertyNames?: Schema
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}
interface Content {
  [mime: string]: { schema?: Schema }
}
export interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema?: Schema
}
interface RawOperation {
  operationId?: string
  tags?: string[]
  summary?: string
  description?: string
  parameters?: Parameter[]
  requestBody?: { content: Content; required?: boolean }
  responses?: Record<string, { description?: string; content?: Content }>
  'x-permission'?: string
}
export interface Document {
  info: { title: string; version: string }
  paths: Record<string, Record<string, RawOperation>>
  components?: { schemas?: Record<string, Schema> }
}

export interface Operation {
  id: string
  tag: string
  method: string
  path: string
  summary: string
  description: string
  /** A permission's code, `*` for whoever is logged in, none for everybody. */
  permission?: string
  parameters: Parameter[]
  body?: { mime: string; schema?: Schema }
  answers: { status: string; description: string; mime?: string; schema?: Schema }[]
}
export interface Field {
  name: string
  depth: number
  type: string
  required: boolean
  text: string
  limits: string
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** All operations, in the document's order of tags, and by path in each. */
export function operations(document: Document): Operation[] {
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method): Operation => {
      const raw = item[method]!
      const [mime, content] = Object.entries(raw.requestBody?.content ?? {})[0] ?? []
      return {
        id: raw.operationId ?? `${method} ${path}`,
        tag: raw.tags?.[0] ?? '',
        method: method.toUpperCase(),
        path,
        summary: raw.summary ?? '',
        description: raw.description ?? '',
        permission: raw['x-permission'],
        parameters: raw.parameters ?? [],
        body: mime ? { mime, schema: content?.schema } : undefined,
        answers: Object.entries(raw.responses ?? {}).map(([status, answer]) => {
          const [type, what] = Object.entries(answer.content ?? {})[0] ?? []
          return { status, description: answer.description ?? '', mime: type, schema: what?.schema }
        }),
      }
    }),
  )
  return all.toSorted((a, b) => a.tag.localeCompare(b.tag) || a.path.localeCompare(b.path))
}

/** Those in which every word of the search stands. */
export function search(all: Operation[], text: string): Operation[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return all.filter((it) => {
    const where = `${it.method} ${it.path} ${it.id} ${it.summary} ${it.permission ?? ''}`.toLowerCase()
    return words.every((word) => where.includes(word))
  })
}

/** The schema behind a reference, and the names passed on the way. */
export function resolve(document: Document, schema: Schema | undefined): Schema {
  let at = schema ?? {}
  for (let hops = 0; at.$ref && hops < 20; hops++) at = document.components?.schemas?.[at.$ref.split('/').pop()!] ?? {}
  return at
}

/** Of "this or nothing" only this. */
function plain(document: Document, schema: Schema | undefined): { schema: Schema; name?: string; nullable: boolean } {
  const name = schema?.$ref?.split('/').pop()
  const it = resolve(document, schema)
  const options = it.oneOf ?? it.anyOf
  const real = options?.filter((option) => option.type !== 'null')
  if (options && real?.length === 1) return { ...plain(document, real[0]), nullable: real.length < options.length }
  return { schema: it, name, nullable: Array.isArray(it.type) && it.type.includes('null') }
}

/** A type in a word or two: `string (uuid)`, `CaseRow[]`, `"a" | "b"`. */
export function typeText(document: Document, schema: Schema | undefined): string {
  const { schema: it, name, nullable } = plain(document, schema)
  const more = nullable ? ' | null' : ''
  if (it.enum) return it.enum.map((value) => JSON.stringify(value)).join(' | ') + (it.enum.includes(null) ? '' : more)
  if (it.const !== undefined) return JSON.stringify(it.const)
  const kinds = [it.type ?? []].flat().filter((kind) => kind !== 'null')
  if (kinds.includes('array')) return `${typeText(document, it.items)}[]${more}`
  if (it.oneOf ?? it.anyOf) return (it.oneOf ?? it.anyOf)!.map((option) => typeText(document, option)).join(' | ')
  if (name && (it.properties || it.allOf)) return name + more
  return (kinds.join(' | ') || (it.properties ? 'object' : 'any')) + (it.format ? ` (${it.format})` : '') + more
}

function limitsText(it: Schema): string {
  const range = (low: number | undefined, high: number | undefined, unit: string) => {
    if (low === undefined || high === undefined) return low !== undefined ? `≥ ${low}${unit}` : high !== undefined ? `≤ ${high}${unit}` : ''
    return `${low}–${high}${unit}`
  }
  return [range(it.minimum, it.maximum, ''), range(it.minLength, it.maxLength, ' ch'), range(it.minItems, it.maxItems, ' ×')].filter(Boolean).join(', ')
}

/** The fields of a body, those of its parts indented; a type that contains itself is not opened again. */
export function fields(document: Document, schema: Schema | undefined, depth = 0, within: Schema[] = []): Field[] {
  let { schema: it } = plain(document, schema)
  if ([it.type ?? []].flat().includes('array')) it = plain(document, it.items).schema
  if (within.includes(it) || depth > 4) return []
  const parts = it.allOf ? it.allOf.map((part) => resolve(document, part)) : [it]
  return parts.flatMap((part) =>
    Object.entries(part.properties ?? {}).flatMap(([name, field]) => {
      const real = plain(document, field).schema
      const row = { name, depth, type: typeText(document, field), required: part.required?.includes(name) ?? false, text: field.description ?? real.description ?? '', limits: limitsText({ ...real, ...field }) }
      return [row, ...fields(document, field, depth + 1, [...within, it])]
    }),
  )
}

/** An example of a body: what must be there, with values of the right form. */
export function example(document: Document, schema: Schema | undefined, within: Schema[] = []): unknown {
  const { schema: it } = plain(document, schema)
  if (within.includes(it)) return {}
  const inside = [...within, it]
  if (it.const !== undefined) return it.const
  if (it.enum) return it.enum[0]
  if (it.allOf) return Object.assign({}, ...it.allOf.map((part) => example(document, part, inside) as object))
  if (it.oneOf ?? it.anyOf) return example(document, (it.oneOf ?? it.anyOf)![0], inside)
  const kind = [it.type ?? []].flat().find((type) => type !== 'null')
  if (it.properties || kind === 'object') {
    const must = Object.entries(it.properties ?? {}).filter(([name]) => it.required?.includes(name))
    return Object.fromEntries(must.map(([name, field]) => [name, example(document, field, inside)]))
  }
  if (kind === 'array') return (it.minItems ?? 1) > 0 && it.items ? [example(document, it.items, inside)] : []
  if (kind === 'integer' || kind === 'number') return it.minimum ?? 1
  if (kind === 'boolean') return true
  return { uuid: '00000000-0000-7000-8000-000000000000', 'date-time': '2026-11-24T08:00:00.000Z', date: '2026-11-24' }[it.format ?? ''] ?? '…'
}

/** The operation as a command, with a key from the environment. */
export function curl(document: Document, it: Operation, origin: string): string {
  const query = it.parameters.filter((p) => p.in === 'query' && p.required).map((p) => `${p.name}=…`)
  const lines = [`curl${it.method === 'GET' ? '' : ` -X ${it.method}`} '${origin}${it.path}${query.length ? `?${query.join('&')}` : ''}'`]
  if (it.permission) lines.push(`-H "Authorization: Bearer $JINGWEI_KEY"`)
  if (it.body?.mime === 'application/json') {
    lines.push(`-H 'Content-Type: application/json'`)
    lines.push(`-d '${JSON.stringify(example(document, it.body.schema)).replaceAll("'", String.raw`'\''`)}'`)
  } else if (it.body) {
    lines.push(`-F 'file=@…'`)
  }
  return lines.join(' \\\n  ')
}
