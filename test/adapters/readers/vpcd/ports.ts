import type { Test } from 'tap';
import { readerDriverOf } from '../../../../adapters/readers/index.ts';
import { freePorts } from '../../../../src/sandbox/ports.ts';
import { never } from '../helper.ts';

const HOST = '127.0.0.1';

export function vpcdOn(port: number) {
  return readerDriverOf({ id: 'desk', dialect: 'vpcd', transport: { kind: 'vpcd', host: HOST, port } });
}

/** A virtual reader that listens. */
export async function openVpcd(t: Test) {
  const port = await freePorts();
  const reader = await vpcdOn(port).open(never);
  t.teardown(() => reader.close());
  return { port, reader, slot: reader.slot! };
}

/** Asks until it holds: a connection is noticed a moment after it is made, or has ended. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
