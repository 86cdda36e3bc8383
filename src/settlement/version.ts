import { Fault } from '../errors.ts';

/** The version that If-Match names, where it is given: the ETag of a settlement is its version in quotes. */
export function versionOf(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim());
  if (!match)
    throw new Fault('request.invalid', { pointer: '/headers/if-match', detail: 'not an ETag of ours' });
  return Number(match[1]);
}
