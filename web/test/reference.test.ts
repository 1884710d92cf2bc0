// The reference page's reading of an OpenAPI document, on a small one and on our own.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { curl, type Document, example, fields, operations, search, typeText } from '../src/pages/reference/document'

const small: Document = {
  info: { title: 'x', version: '1' },
  paths: {
    '/api/trees/{id}': { put: { operationId: 'tree_plant', tags: ['trees'], summary: 'Plant', 'x-permission': 'trees.plant', parameters: [{ name: 'id', in: 'path', required: true }], requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Tree' } } } }, responses: { 200: {} } } },
    '/api/meta': { get: { tags: ['a'], responses: {} } },
  },
  components: {
    schemas: {
      Tree: { type: 'object', required: ['name', 'kind', 'parent'], properties: { name: { type: 'string', maxLength: 5, description: 'Its name.' }, kind: { type: 'string', enum: ['oak', 'elm'] }, parent: { oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/Tree' }] }, age: { type: ['integer', 'null'], minimum: 0 }, leaves: { type: 'array', items: { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } } } } },
    },
  },
}

describe('a small document', () => {
  const [meta, plant] = operations(small)
  it('lists operations by tag and finds them by words', () => {
    expect([meta!.path, plant!.id]).toEqual(['/api/meta', 'tree_plant'])
    expect(search(operations(small), 'put trees').map((it) => it.id)).toEqual(['tree_plant'])
    expect(search(operations(small), 'trees.plant get')).toEqual([])
  })
  it('opens a type that contains itself once', () => {
    const rows = fields(small, plant!.body!.schema)
    expect(rows.map((it) => `${'  '.repeat(it.depth)}${it.name}: ${it.type}${it.required ? ' *' : ''}`)).toEqual(['name: string *', 'kind: "oak" | "elm" *', 'parent: Tree | null *', 'age: integer | null', 'leaves: object[]', '  at: string (date-time)'])
    expect([rows[0]!.text, rows[0]!.limits, rows[3]!.limits]).toEqual(['Its name.', '≤ 5 ch', '≥ 0'])
  })
  it('makes an example of what must be there', () => {
    expect(example(small, plant!.body!.schema)).toEqual({ name: '…', kind: 'oak', parent: {} })
    expect(curl(small, plant!, 'https://x')).toBe(`curl -X PUT 'https://x/api/trees/{id}' \\\n  -H "Authorization: Bearer $JINGWEI_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -d '{"name":"…","kind":"oak","parent":{}}'`)
    expect(curl(small, meta!, 'https://x')).toBe(`curl 'https://x/api/meta'`)
  })
})

describe('our own document', () => {
  const own = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as Document
  it.each(operations(own).map((it) => [it.id, it] as const))('%s has all that is shown', (_id, it) => {
    expect(it.summary).not.toBe('')
    expect(it.tag).not.toBe('')
    expect(curl(own, it, '')).toContain(it.path)
    for (const part of [it.body?.schema, ...it.answers.map((answer) => answer.schema)]) {
      for (const row of fields(own, part)) expect(row.type).not.toBe('')
      if (part) expect(typeText(own, part)).not.toBe('')
    }
  })
})
