/** All desks of the bench in one process, each the program in desk mode with its own line and its own reader. */

import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { readerDriverOf } from '../../../adapters/readers/index.ts';
import { startDeskProgram } from '../../../src/card/remote/compose.ts';
import { deskKey } from './keys.ts';

const [, ...ports] = JSON.parse(process.env.BENCH_READERS!) as number[];
const gateway = `ws://127.0.0.1:${process.env.BENCH_GATEWAY}`;
const logger = pino({ level: 'silent' });
let joined = 0;

process.send?.({ port: 0 });
process.on('message', async () => {
  for (const [index, port] of ports.entries()) {
    const transport = { kind: 'tcp' as const, host: '127.0.0.1', port };
    const driver = readerDriverOf({ id: 'reader', dialect: 'ccid-serial', transport });
    const say = (line: string) => {
      if (line.includes('joined')) joined += 1;
      else console.error(line);
    };
    startDeskProgram({
      gateway,
      key: deskKey(index + 1),
      readers: [{ id: 'reader', driver }],
      logger,
      say,
    });
    // They come one after the other, as a morning has it.
    if (index % 20 === 0) await sleep(20);
  }
  while (joined < ports.length) await sleep(20);
  process.send?.({ joined });
});
process.on('SIGTERM', () => process.exit(0));
