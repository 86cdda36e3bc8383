import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { DiskSpool } from '../../../src/settlement/files/spool.ts';
import { FileTooLarge } from '../../../src/settlement/port.ts';
import { temporaryFolder } from '../../helper.ts';

async function* chunksOf(content: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function all(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

t.test('any part of a kept file reads as it was written', async (t) => {
  const spool = new DiskSpool(temporaryFolder(t));
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300_000 }),
      fc.integer({ min: 1, max: 70_000 }),
      fc.nat(),
      fc.nat(),
      async (bytes, size, a, b) => {
        const content = Buffer.from(bytes);
        const file = await spool.keep(chunksOf(content, size), 300_000);
        const [from, to] = [a % (content.length + 1), b % (content.length + 1)].sort((x, y) => x - y);
        const right =
          (await all(file.read())).equals(content) &&
          (await all(file.read(from, to))).equals(content.subarray(from, to)) &&
          file.sha256 === createHash('sha256').update(content).digest('hex');
        await file.discard();
        return right;
      },
    ),
    { numRuns: 60 },
  );
});

t.test('what lies on disk is not what was kept, and goes when it is discarded', async (t) => {
  const folder = temporaryFolder(t);
  const content = Buffer.from('样例内容 '.repeat(1_000));
  const file = await new DiskSpool(folder).keep(chunksOf(content, 100), 1e6);
  const [name] = readdirSync(folder);
  t.notOk(readFileSync(join(folder, name!)).includes(Buffer.from('样例')));
  await file.discard();
  await file.discard();
  t.same(readdirSync(folder), []);
});

t.test('a file that is too large, or breaks off, leaves nothing behind', async (t) => {
  const folder = temporaryFolder(t);
  const spool = new DiskSpool(folder);
  await t.rejects(spool.keep(chunksOf(Buffer.alloc(11), 4), 10), FileTooLarge);
  const broken = async function* () {
    yield Buffer.alloc(4);
    throw new Error('cut');
  };
  await t.rejects(spool.keep(broken(), 10), /cut/);
  t.same(readdirSync(folder), []);
});

t.test('what a dead gateway left goes at the next start, and only that', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'left.spool'), 'x');
  writeFileSync(join(folder, 'other.txt'), 'x');
  const file = await new DiskSpool(folder).keep(chunksOf(Buffer.alloc(1), 1), 10);
  await file.discard();
  t.same(readdirSync(folder), ['other.txt']);
});

t.test('so many files and no more', async (t) => {
  const spool = new DiskSpool(temporaryFolder(t));
  const kept = await Promise.all(
    Array.from({ length: 32 }, () => spool.keep(chunksOf(Buffer.alloc(1), 1), 10)),
  );
  await t.rejects(spool.keep(chunksOf(Buffer.alloc(1), 1), 10), { code: 'gateway.busy' });
  await kept[0]?.discard();
  kept[0] = await spool.keep(chunksOf(Buffer.alloc(1), 1), 10);
  for (const file of kept) await file.discard();
});

t.test('a folder that cannot be used is the gateway’s trouble', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'a file');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  await t.rejects(new DiskSpool(join(file, 'below')).keep(chunksOf(Buffer.alloc(1), 1), 10), {
    code: 'gateway.store',
  });
});
