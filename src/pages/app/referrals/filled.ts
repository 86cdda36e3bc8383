/** What was filled in, without what was left empty: an object of which nothing is left is nothing. */
export function filled<T>(value: T): T | undefined {
  if (typeof value === 'string') return (value.trim() === '' ? undefined : value.trim()) as T | undefined;
  if (value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value)
    .map(([key, each]) => [key, filled(each)] as const)
    .filter(([, each]) => each !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}
