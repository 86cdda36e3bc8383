/** `yikatong <command>`: what a technician does at the machine. */
type Command = (args: readonly string[]) => Promise<void>;

/** Each is loaded when it is asked for: on an old PC all of them take seconds. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  card: async () => (await import('./card.ts')).card,
  readers: async () => (await import('./readers.ts')).readers,
  trace: async () => (await import('./trace.ts')).trace,
};

async function usage(): Promise<string> {
  const [{ READERS_USAGE }, { TRACE_USAGE }, { CARD_USAGE }] = await Promise.all([
    import('./readers.ts'),
    import('./trace.ts'),
    import('./card.ts'),
  ]);
  return `用法 / usage:\n\n${[READERS_USAGE, TRACE_USAGE, CARD_USAGE].join('\n\n')}`;
}

const [name = '', ...args] = process.argv.slice(2);
const load = commands[name];
if (!load) {
  console.error(await usage());
  process.exit(2);
}
try {
  const command = await load();
  await command(args);
  process.exit(0);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(code?.startsWith('ERR_PARSE_ARGS') ? `${message}\n\n${await usage()}` : message);
  process.exit(1);
}
