// What a move sends, and how moves are laid out, from what the server says about them alone.
import { describe, expect, it } from 'vitest'
import type { Move } from '@/api/types'
import { draftOf, dropDraft, hasDraft, inputOf, layOut, missing } from './draft'

const need = (field: string, required: boolean) => ({ field, kind: 'text', required, zh: '', en: '', choices: [], suggested: [] })
const move = (action: Move['action'], kind: 'main' | 'side' | 'danger' = 'main', needs: Move['needs'] = []): Move => ({
  action,
  zh: '',
  en: '',
  to: 'accepted',
  danger: kind === 'danger',
  side: kind === 'side',
  needs,
})

describe('a draft', () => {
  it('sends what the move asks for and was filled in, a "no" included', () => {
    const draft = { id: 'x', labels: {}, values: { truth: false, note: '  ', photos: [], body: 'b1' } }
    const asked = move('verify', 'main', [need('truth', true), need('note', false), need('photos', false)])
    expect(inputOf(asked, draft, 3)).toEqual({ id: 'x', version: 3, action: 'verify', truth: false })
  })
  it('misses only what is required; blanks are nothing', () => {
    const needs = [need('note', true), need('photos', false), need('passed', true)]
    expect(missing(needs, { note: ' \n', passed: false })).toEqual(['note'])
  })
  it('is kept by case and move until it is dropped', () => {
    draftOf('c1', 'note').values.note = 'hello'
    expect(draftOf('c1', 'note').values.note).toBe('hello')
    expect(hasDraft('c1', 'accept')).toBe(false)
    const id = draftOf('c1', 'note').id
    dropDraft('c1', 'note')
    expect(hasDraft('c1', 'note')).toBe(false)
    expect(draftOf('c1', 'note').id).not.toBe(id)
  })
})

describe('moves', () => {
  it('have one that leads on first, dangers last, and none lost', () => {
    const all = [move('void', 'danger'), move('note', 'side'), move('close'), move('rework')]
    const laid = layOut(all)
    expect(laid.first?.action).toBe('close')
    expect(laid.onward.map((it) => it.action)).toEqual(['rework'])
    expect(laid.aside.map((it) => it.action)).toEqual(['note', 'void'])
  })
  it('put first what somebody waits for, though it is a step aside', () => {
    const laid = layOut([move('note', 'side'), move('suspend', 'side'), move('refuse', 'side'), move('void', 'danger')])
    expect(laid.first?.action).toBe('suspend')
    expect(laid.onward.map((it) => it.action)).toEqual(['refuse'])
  })
  it('may all be aside', () => {
    expect(layOut([move('note', 'side')]).first).toBeUndefined()
  })
})
