import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import t from 'tap';
import { scannerOf } from '../../../adapters/scanners/index.ts';

async function* file(bytes = 200_000) {
  for (let at = 0; at < bytes; at += 50_000) yield Buffer.alloc(Math.min(50_000, bytes - at), 0x41);
}

/** A clamd that reads INSTREAM as its manual says, and answers what the test wants. */
async function clamd(
  t: { teardown(work: () => unknown): void },
  answer: (content: Buffer, socket: Socket) => string | undefined,
) {
  const seen: Buffer[] = [];
  const server = createServer((socket) => {
    let buffer = Buffer.alloc(0);
    const content: Buffer[] = [];
    let begun = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      if (!begun) {
        if (buffer.length < 10) return;
        if (buffer.subarray(0, 10).toString() !== 'zINSTREAM\0') {
          socket.destroy();
          return;
        }
        begun = true;
        buffer = buffer.subarray(10);
      }
      while (buffer.length >= 4) {
        const length = buffer.readUInt32BE();
        if (length === 0) {
          const all = Buffer.concat(content);
          seen.push(all);
          const text = answer(all, socket);
          if (text !== undefined) socket.end(text);
          return;
        }
        if (buffer.length < 4 + length) return;
        content.push(buffer.subarray(4, 4 + length));
        buffer = buffer.subarray(4 + length);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { port, seen };
}

t.test('clamd is given the whole file, and believed', async (t) => {
  for (const [answer, clean] of [
    ['stream: OK\0', true],
    ['stream: Eicar-Test-Signature FOUND\0', false],
  ] as const) {
    const { port, seen } = await clamd(t, () => answer);
    const scanner = scannerOf({ kind: 'clamav', host: '127.0.0.1', port })!;
    t.same(await scanner.scan(file()), { clean });
    t.equal(seen[0]?.length, 200_000);
  }
});

t.test('a clamd that says anything else, goes away or keeps silent is no answer', async (t) => {
  for (const answer of [
    'INSTREAM size limit exceeded. ERROR\0',
    '',
    'stream: OK but not quite\0',
    'x'.repeat(5_000),
  ]) {
    const { port } = await clamd(t, () => answer);
    await t.rejects(scannerOf({ kind: 'clamav', host: '127.0.0.1', port })!.scan(file()));
  }
  const { port } = await clamd(t, () => undefined);
  await t.rejects(scannerOf({ kind: 'clamav', host: '127.0.0.1', port, timeoutMs: 300 })!.scan(file()));
  await t.rejects(scannerOf({ kind: 'clamav', host: '127.0.0.1', port: 1 })!.scan(file()));
});

t.test('a clamd that hangs up in the middle of a file is no answer', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  await t.rejects(
    scannerOf({ kind: 'clamav', host: '127.0.0.1', port, timeoutMs: 5_000 })!.scan(file(30_000_000)),
  );
});

t.test('a command says by its exit code what it found', async (t) => {
  const command = (script: string, timeoutMs?: number) =>
    scannerOf({
      kind: 'command',
      command: [process.execPath, '-e', script],
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })!.scan(file());
  const read = (code: string) =>
    `let n = 0; process.stdin.on('data', (d) => { n += d.length }).on('end', () => { process.exit(${code}) })`;
  t.same(await command(read('n === 200000 ? 0 : 5')), { clean: true });
  t.same(await command(read('1')), { clean: false });
  t.same(await command('process.exit(1)'), { clean: false }, 'it may have seen enough');
  await t.rejects(command(read('2')));
  await t.rejects(command('setInterval(() => {}, 1000)', 400), 'one that hangs is ended');
  await t.rejects(scannerOf({ kind: 'command', command: ['/nonexistent/scanner'] })!.scan(file()));
});

t.test('without a scanner in the configuration there is none', async (t) => {
  t.equal(scannerOf(undefined), undefined);
});
