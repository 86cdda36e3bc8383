import { createServer, type Server } from 'node:net';
import type { ReaderDriver } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { openTimeoutMs } from '../transports/line.ts';
import { CardConnection } from './connection.ts';
import { VpcdSlot } from './slot.ts';

/** A host that is gone without a word is noticed within half a minute; one that dials again takes its own place. */
const KEEP_ALIVE_MS = 10_000;

/**
 * A virtual reader (vpcd of vsmartcard): it listens, and the virtual card dials in. The reader is there while it
 * listens, a card while something is connected. It talks to the latest caller only. Nobody proves who he is, so it
 * belongs on the loopback address.
 */
export function vpcdDriver(host: string, port: number): ReaderDriver {
  const description = `vpcd ${host}:${port}`;
  return {
    description: `virtual reader, ${description}`,
    async open(signal) {
      const slot = new VpcdSlot();
      const server = createServer(
        { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS },
        (socket) => slot.insert(new CardConnection(socket)),
      );
      const lost = new Promise<void>((resolve) => server.once('close', () => resolve()));
      try {
        await listening(server, host, port, AbortSignal.any([signal, AbortSignal.timeout(openTimeoutMs)]));
      } catch (cause) {
        throw new Fault('reader.absent', { detail: `${description}: ${reasonOf(cause)}` }, cause);
      }
      const close = async () => {
        server.close();
        slot.remove();
        await lost;
      };
      return { slot, lost, close };
    },
  };
}

function listening(server: Server, host: string, port: number, limit: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(limit.reason);
    // Stays for good: an 'error' nobody listens to would end the process.
    server.on('error', reject);
    server.once('listening', () => {
      limit.removeEventListener('abort', aborted);
      // Too late for whoever asked: nobody would ever close it again.
      if (limit.aborted) server.close();
      else resolve();
    });
    limit.addEventListener('abort', aborted, { once: true });
    if (limit.aborted) aborted();
    else server.listen(port, host);
  });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: '端口已被占用 / the port is in use (EADDRINUSE)',
  EADDRNOTAVAIL: '本机没有这个地址 / not an address of this machine (EADDRNOTAVAIL)',
  EACCES: '无权使用这个端口 / no right to use this port (EACCES)',
};

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  if (code !== undefined && cause instanceof Error && cause.name === 'Error') return reasons[code] ?? code;
  return cause instanceof Error ? cause.name : 'unknown';
}
