// What the server refuses reaches the page whole; what a proxy says instead does not break it.
import { expect, it } from 'vitest'
import { ProblemError } from '../src/api/problem'

it('reads problem+json', async () => {
  const body = { type: 'urn:jingwei:kernel.invalid', status: 422, code: 'kernel.invalid', detail: '有 1 项填写有误', trace: '7f3a', fields: [{ field: 'login', code: 'kernel.taken', detail: '已存在' }] }
  const problem = await ProblemError.of(new Response(JSON.stringify(body), { status: 422 }))
  expect(problem).toMatchObject({ status: 422, code: 'kernel.invalid', detail: '有 1 项填写有误', trace: '7f3a' })
  expect(problem.field('login')).toBe('已存在')
  expect(problem.field('name')).toBeUndefined()
})

it('survives a page that is not JSON', async () => {
  const problem = await ProblemError.of(new Response('<html>Bad gateway</html>', { status: 502 }))
  expect(problem).toMatchObject({ status: 502, code: 'http.502', detail: '' })
})

it('calls a lost connection by its name', () => {
  expect(ProblemError.from(new TypeError('Failed to fetch')).code).toBe('network')
  expect(ProblemError.from(new Error('x')).code).toBe('page')
})
