import { Fault } from '../errors.ts';

/** The ETag of a record: its version in quotes. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** The version that the caller has read. Fault `request.version-missing`. */
export function versionRead(request: { headers: { 'if-match'?: string | undefined } }): number {
  const version = versionOf(request);
  if (version === undefined) throw new Fault('request.version-missing');
  return version;
}

/** The version that If-Match names, where it names one: "3", or W/"3" as proxies make of it. */
export function versionOf({ headers }: { headers: { 'if-match'?: string | undefined } }): number | undefined {
  const header = headers['if-match'];
  if (header === undefined || header === '*') return undefined;
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim());
  if (match) return Number(match[1]);
  throw new Fault('request.invalid', { pointer: '/headers/if-match', detail: 'not an ETag of ours' });
}
