import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: those of the other tests may take any of theirs. */
const PORTS = { from: 20_000, count: 12_000 };

/** So many free ports in a row; answers the first. */
export async function freePorts(count = 1): Promise<number> {
  for (;;) {
    const first = PORTS.from + randomInt(PORTS.count);
    const taken = await Promise.all(Array.from({ length: count }, (_, index) => isTaken(first + index)));
    if (!taken.includes(true)) return first;
  }
}

async function isTaken(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return true;
  }
  await once(server.close(), 'close');
  return false;
}
