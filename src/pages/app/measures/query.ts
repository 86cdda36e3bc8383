/** The parameters that are there, as a query. */
export function queryOf(parameters: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === 'string') query.set(name, value);
  }
  return query.toString();
}
