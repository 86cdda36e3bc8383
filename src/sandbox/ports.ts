import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, which may take any of theirs at any time. */
const PORTS = { from: 20_000, count: 12_000 };

/** So many free ports in a row; answers the first. */
export async function freePorts(count = 1, host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const first = PORTS.from + randomInt(PORTS.count);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(host, first + index)));
    if (!free.includes(false)) return first;
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch {
    return false;
  }
  await once(server.close(), 'close');
  return true;
}
