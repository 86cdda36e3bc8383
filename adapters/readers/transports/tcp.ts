import { connect, type Socket } from 'node:net';
import { Fault } from '../../../src/errors.ts';
import { type Line, openTimeoutMs, type Transport } from './line.ts';

/** A reader behind a serial-over-network box, or a virtual reader. */
export function tcpTransport(host: string, port: number): Transport {
  const description = `tcp ${host}:${port}`;
  return {
    description,
    async open(signal) {
      const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
      const lost = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      try {
        await connected(socket, AbortSignal.any([signal, AbortSignal.timeout(openTimeoutMs)]));
      } catch (cause) {
        socket.destroy();
        throw new Fault('reader.absent', { detail: `${description}: ${reasonOf(cause)}` }, cause);
      }
      return lineOf(socket, lost);
    },
  };
}

function connected(socket: Socket, limit: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(limit.reason);
    // Stays for good: an 'error' nobody listens to would end the process. 'close' always follows it.
    socket.on('error', reject);
    socket.once('connect', () => {
      limit.removeEventListener('abort', aborted);
      resolve();
    });
    if (limit.aborted) aborted();
    else limit.addEventListener('abort', aborted, { once: true });
  });
}

function lineOf(socket: Socket, lost: Promise<void>): Line {
  return {
    stream: socket,
    lost,
    async close() {
      socket.destroy();
      await lost;
    },
  };
}

/** ECONNREFUSED and the like; a name says more than the long text of the system. */
function reasonOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}
