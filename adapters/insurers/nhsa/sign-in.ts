import { networkInterfaces } from 'node:os';
import { isRecord, textOf } from './envelope.ts';

/** The session in an answer of 9001, wherever the province puts it; its number is empty where there is none. */
export function signInOf(output: unknown): { readonly signNo: string; readonly signedAt: string } {
  const outer = isRecord(output) ? output : {};
  const node = isRecord(outer.signinoutb) ? outer.signinoutb : outer;
  return { signNo: textOf(node.sign_no), signedAt: textOf(node.sign_time) };
}

/** This machine's first address, for those who configure none. */
export function ownAddress(): { readonly mac: string; readonly ip: string } {
  const own = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find((entry) => !entry.internal && entry.family === 'IPv4');
  return { mac: own?.mac ?? '00:00:00:00:00:00', ip: own?.address ?? '127.0.0.1' };
}
