// Sends a move on a selection in pieces, so that the page can tell how far it has come and a lost answer costs little.
import { api, ask } from '@/api/client'
import { newId } from '@/api/ids'
import { ProblemError } from '@/api/problem'
import type { BulkResult, CaseRow, MoveInput } from '@/api/types'
import { fill, holds } from '../phrases/fill'
import { valuesOf } from '../phrases/phrases'

const PIECE = 20

export interface Line {
  row: CaseRow
  /** Of this case's move: sent again after a lost answer, it changes nothing twice. */
  id: string
  result: BulkResult | null
  /** Nothing is known of it: the answer was lost. */
  lost: boolean
}

export const linesOf = (rows: CaseRow[]): Line[] => rows.map((row) => ({ row, id: newId(), result: null, lost: false }))

/** Sends what has no result yet; `told` is called after each piece. A refusal of the whole is thrown. */
export async function send(lines: Line[], move: MoveInput, confirmed: boolean, told: () => void): Promise<void> {
  const open = lines.filter((it) => !it.result)
  // A text with place-holders is another one for each case, so each goes by itself.
  const size = holds(move.note ?? '') ? 1 : PIECE
  for (let at = 0; at < open.length; at += size) {
    const piece = open.slice(at, at + size)
    const note = size === 1 && move.note ? fill(move.note, valuesOf(piece[0]!.row)) : move.note
    try {
      const results = await ask(api.POST('/api/cases/moves', { body: { cases: piece.map((it) => ({ case: it.row.id, version: it.row.version, id: it.id })), move: { ...move, note }, confirmed } }))
      piece.forEach((line, i) => {
        line.result = results[i] ?? null
        line.lost = !line.result
      })
    } catch (thrown) {
      const problem = ProblemError.from(thrown)
      // What the server has read and refused is wrong with the move itself; what it has not answered may have been done.
      if (problem.status > 0 && problem.status < 500) throw problem
      for (const line of piece) line.lost = true
    }
    told()
  }
}
