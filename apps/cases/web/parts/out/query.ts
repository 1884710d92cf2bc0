// Filters as the query of an address; what is not set is left out.
export function queryOf(filters: Readonly<Record<string, unknown>>): string {
  const set = Object.entries(filters).filter(([, value]) => value !== '' && value !== undefined && value !== null)
  return new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()
}
