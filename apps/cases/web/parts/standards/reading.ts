// How a list is to be read: what its sender says where the list itself leaves it open.

/** '' where the server is to find it out. */
export interface Reading {
  sheet: string
  kind: string
  edition: string
  hour: string
  day: string
  trust: string
  /** The first day on which the list is in force; today when ''. */
  valid_from: string
}

export const NO_READING: Reading = { sheet: '', kind: '', edition: '', hour: '', day: '', trust: '', valid_from: '' }

/** The form of a preview. */
export function formOf(file: File, reading: Reading): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(reading)) if (value) form.append(name, value)
  form.append('file', file, file.name)
  return form
}
