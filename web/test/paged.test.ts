// A paged list: no row twice, no late answer over a newer one, a failure that can be tried again.
import { expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import type { Page } from '../src/api/types'
import { ProblemError } from '../src/api/problem'
import { filled, usePaged } from '../src/parts/paged'

const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

it('goes on where it stopped', async () => {
  const asked: (string | undefined)[] = []
  const list = usePaged<number>((after) => {
    asked.push(after)
    return Promise.resolve(after === undefined ? { items: [1, 2], next: 'b' } : { items: [3], next: null })
  })
  await settle()
  expect(list.hasMore.value).toBe(true)
  await Promise.all([list.more(), list.more()])
  expect(list.items.value).toEqual([1, 2, 3])
  expect(asked).toEqual([undefined, 'b'])
  expect(list.hasMore.value).toBe(false)
})

it('drops the slow answer to an older question', async () => {
  const text = ref('slow')
  const waiting = new Map<string, (page: Page<string>) => void>()
  const list = usePaged<string>(() => new Promise((resolve) => waiting.set(text.value, resolve)), text)
  text.value = 'fast'
  await nextTick()
  waiting.get('fast')!({ items: ['fast'], next: null })
  await settle()
  waiting.get('slow')!({ items: ['slow'], next: null })
  await settle()
  expect(list.items.value).toEqual(['fast'])
  expect(list.loading.value).toBe(false)
})

it('keeps its rows when a quiet refresh fails, and says so', async () => {
  let fails = false
  const list = usePaged<number>(() => (fails ? Promise.reject(new ProblemError({ status: 500 })) : Promise.resolve({ items: [1], next: null })))
  await settle()
  fails = true
  await list.refresh()
  expect(list.items.value).toEqual([1])
  expect(list.problem.value?.status).toBe(500)
  fails = false
  await list.reload()
  expect(list.problem.value).toBeNull()
})

it('asks on until a page is full, and no further than somebody waits', async () => {
  const pages: Record<string, { items: number[]; next: string | null }> = {
    '': { items: [], next: 'a' },
    a: { items: [1], next: 'b' },
    b: { items: [2], next: 'c' },
    c: { items: [3], next: null },
  }
  const limits: number[] = []
  const ask = (after: string | undefined, limit: number) => {
    limits.push(limit)
    const page = pages[after ?? '']!
    return Promise.resolve({ items: [...page.items], next: page.next })
  }
  expect(await filled(ask, undefined, 2, () => true)).toEqual({ items: [1, 2], next: 'c' })
  expect(limits).toEqual([2, 2, 1])
  expect(await filled(ask, undefined, 50, () => true)).toEqual({ items: [1, 2, 3], next: null })
  expect(await filled(ask, undefined, 50, () => false)).toEqual({ items: [], next: 'a' })
})
