/** `yikatong <command>`: what a technician does at the machine. */
import { CARD_USAGE, card } from './card.ts';
import { READERS_USAGE, readers } from './readers.ts';
import { TRACE_USAGE, trace } from './trace.ts';

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  card,
  readers,
  trace,
};

const USAGE = `用法 / usage:\n\n${[READERS_USAGE, TRACE_USAGE, CARD_USAGE].join('\n\n')}`;

const [name = '', ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  console.error(USAGE);
  process.exit(2);
}
try {
  await command(args);
  process.exit(0);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n\n${USAGE}` : message);
  process.exit(1);
}
