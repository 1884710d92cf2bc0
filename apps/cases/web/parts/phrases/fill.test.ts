// What becomes of a phrase when it is taken.
import { expect, test } from 'vitest'
import { append, fill, holds } from './fill'

test('what is known is filled in, and what is not stays to be seen', () => {
  const values = { number: '2026-000001', place: '锦绣路 12 号', body: '' }
  expect(fill('{number}：请到{place}，联系{body}，{other}', values)).toBe('2026-000001：请到锦绣路 12 号，联系{body}，{other}')
})

test('a value that looks like a place-holder is not filled in again', () => {
  expect(fill('{place}', { place: '{body}', body: 'x' })).toBe('{body}')
})

test('only our own place-holders count', () => {
  expect(holds('请到{place}')).toBe(true)
  expect(holds('集合 {a, b}')).toBe(false)
})

test('a phrase goes behind what is written already', () => {
  expect(append('', '好')).toBe('好')
  expect(append('已联系。 \n', '好')).toBe('已联系。\n好')
})
