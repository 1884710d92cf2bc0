// News comes in bursts, and each answer to it is a question to the server: the first is asked at once, the rest together.

/** Runs `action` soon after the first call, and for all that come within `rest` ms of it once more at the end. */
export function calm(action: () => void, soon = 150, rest = 2000): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = -Infinity
  return () => {
    if (timer) return
    const now = performance.now()
    timer = setTimeout(
      () => {
        timer = undefined
        last = performance.now()
        action()
      },
      Math.max(soon, last + rest - now),
    )
  }
}
