/** The readers: one for the gateway itself and one for each desk, each a virtual one on a TCP port with its card on it. */

import type { VirtualCard } from '../../../src/sandbox/port.ts';
import { startVirtualReader } from '../../../src/sandbox/readers/server.ts';
import { cardOf } from '../reading/card.ts';
import { DESKS } from './keys.ts';

const ports: number[] = [];
for (let index = 0; index <= DESKS; index++) {
  const reader = await startVirtualReader({ dialect: 'ccid-serial', host: '127.0.0.1', port: 0 });
  reader.insert(cardOf('social-security-v2') as VirtualCard);
  ports.push(reader.port);
}
process.send?.({ port: ports[0] });
process.on('message', () => process.send?.({ ports }));
process.on('SIGTERM', () => process.exit(0));
