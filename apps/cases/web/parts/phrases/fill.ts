// The place-holders of a standard phrase, filled in with what is known of the case.

/** What a phrase may hold, in the order in which a person reads a case. */
export const HOLDERS = ['number', 'place', 'area', 'class', 'body'] as const

/** A place-holder of which nothing is known is left for the person to see and to write. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] || whole)
}

/** Whether a text has any place-holder of ours. */
export const holds = (text: string) => HOLDERS.some((it) => text.includes(`{${it}}`))

/** The phrase behind what is written already, on a line of its own. */
export function append(text: string, phrase: string): string {
  const kept = text.trimEnd()
  return kept ? `${kept}\n${phrase}` : phrase
}
