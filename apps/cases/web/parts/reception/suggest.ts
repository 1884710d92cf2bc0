// Asked while somebody types: after a pause, the latest question only, and without a word when the network is away.
import { shallowRef, watch, type ShallowRef } from 'vue'

export const PAUSE = 350

/** The answer to the latest question; `empty` while there is nothing to ask or no answer. */
export function useSuggest<Q, A>(question: () => Q | null, find: (question: Q) => Promise<A>, empty: A): ShallowRef<A> {
  const answer = shallowRef(empty) as ShallowRef<A>
  let turn = 0
  let typing: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(question()),
    (now) => {
      clearTimeout(typing)
      const mine = ++turn
      if (now === 'null') {
        answer.value = empty
        return
      }
      typing = setTimeout(async () => {
        try {
          const found = await find(JSON.parse(now) as Q)
          if (mine === turn) answer.value = found
        } catch {
          // A hint that does not come is none: what is typed can be sent all the same.
          if (mine === turn) answer.value = empty
        }
      }, PAUSE)
    },
    { immediate: true },
  )
  return answer
}
