import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import t from 'tap';
import { type ReadOptions, readTable, writeTable } from '../../../../adapters/insurers/nhsa/table-file.ts';
import { Fault } from '../../../../src/errors.ts';
import { storedBytes } from '../../../../src/settlement/port.ts';

const columns = ['a', 'b', 'c'];

async function rowsIn(zip: Uint8Array, names = columns, options: ReadOptions = {}): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const batch of readTable(storedBytes(zip), names, options))
    rows.push(...batch.map((row) => [...row]));
  return rows;
}

function packed(...texts: string[]): Uint8Array {
  return zipSync(Object.fromEntries(texts.map((text, place) => [`${place}.txt`, strToU8(text)])));
}

t.test('rows come back as they were written, empty values as "null" in between', async (t) => {
  const value = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !/[\t\r\n\0\uFEFF]/.test(text) && text !== 'null');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, value, value), { maxLength: 40 }), async (rows) => {
      t.same(await rowsIn(writeTable('3202.txt', columns, rows)), rows);
    }),
    { numRuns: 100 },
  );
  t.same(await rowsIn(packed('null\tx\tnull\r\n1\t\t3')), [
    ['', 'x', ''],
    ['1', '', '3'],
  ]);
});

t.test('a value that the format cannot hold is not written', async (t) => {
  for (const value of ['a\tb', 'a\nb', 'a\rb', 'a\0']) {
    t.throws(() => writeTable('x.txt', columns, [[value, '', '']]), RangeError);
  }
  t.throws(() => writeTable('x.txt', columns, [['one']]), RangeError);
});

t.test('a row with other columns than the rest names its line', async (t) => {
  await t.rejects(rowsIn(packed('1\t2\t3\n1\t2\n')), {
    code: 'insurer.file-broken',
    message: /line 2 has 2 of 3/,
  });
  await t.rejects(rowsIn(packed('1\t2\t3\t4\n')), { code: 'insurer.file-broken', message: /line 1 has 4/ });
});

t.test('columns that an edition added are dropped, where the reader allows it', async (t) => {
  const options = { width: 'atLeast' } as const;
  t.same(await rowsIn(packed('1\t2\t3\t4\n5\t6\t7\t8\n'), columns, options), [
    ['1', '2', '3'],
    ['5', '6', '7'],
  ]);
  await t.rejects(rowsIn(packed('1\t2\t3\t4\n5\t6\t7\n'), columns, options), { code: 'insurer.file-broken' });
  await t.rejects(rowsIn(packed('1\t2\n'), columns, options), { code: 'insurer.file-broken' });
});

t.test('an archive with several entries, stored or packed, is read through; folders are none', async (t) => {
  const zip = zipSync({
    '../../etc/': new Uint8Array(),
    '../../etc/passwd': [strToU8('1\t2\t3\n'), { level: 0 }],
    'C:\\x': strToU8('4\t5\t6'),
  });
  t.same(await rowsIn(zip), [
    ['1', '2', '3'],
    ['4', '5', '6'],
  ]);
});

t.test('an archive that was cut short anywhere gives no row', async (t) => {
  const rows = Array.from({ length: 400 }, (_, place) => [String(place), String(place * 7919), '样例']);
  const zip = writeTable('x.txt', columns, rows);
  t.same(await rowsIn(zip), rows);
  for (let length = 0; length < zip.length; length += 97) {
    const seen: unknown[] = [];
    const read = async () => {
      for await (const batch of readTable(storedBytes(zip.subarray(0, length)), columns)) seen.push(batch);
    };
    await t.rejects(read(), { code: 'insurer.file-broken' }, `${length} of ${zip.length}`);
    t.same(seen, []);
  }
});

t.test('a changed byte is noticed, or changes nothing that was told', async () => {
  const rows = Array.from({ length: 60 }, (_, place) => [String(place), String(place * 7919), 'x']);
  const zip = writeTable('x.txt', columns, rows);
  await fc.assert(
    fc.asyncProperty(fc.nat(zip.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const changed = Buffer.from(zip);
      changed[at] = changed[at]! ^ change;
      const read = await rowsIn(changed).catch((error: unknown) => error);
      if (read instanceof Error) return read instanceof Fault && read.code === 'insurer.file-broken';
      return JSON.stringify(read) === JSON.stringify(rows);
    }),
    { numRuns: 300 },
  );
});

t.test('rubbish is refused as a broken file, never anything else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, isPacked) => {
      const read = await rowsIn(isPacked ? zipSync({ x: bytes }) : bytes).catch((error: unknown) => error);
      return Array.isArray(read) || (read instanceof Fault && read.code === 'insurer.file-broken');
    }),
    { numRuns: 400 },
  );
});

t.test('a bomb is refused before it goes off', async (t) => {
  const limits = { entriesMax: 3, bytesMax: 4_000_000, ratioMax: 50 };
  const zeros = new Uint8Array(3_000_000);
  await t.rejects(rowsIn(zipSync({ x: zeros }), columns, { limits }), { message: /beyond belief/ });
  await t.rejects(rowsIn(zipSync({ x: zeros, y: zeros }), columns, { limits }), { message: /too much/ });
  await t.rejects(rowsIn(packed('', '', '', ''), columns, { limits }), { message: /too many/ });
});

t.test('an archive that unpacks to more than its directory says stops there', async (t) => {
  const zip = Buffer.from(zipSync({ x: strToU8('1\t2\t3\n'.repeat(100_000)) }));
  const central = zip.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
  zip.writeUInt32LE(1_000, central + 24);
  await t.rejects(rowsIn(zip), { message: /more than it says/ });
});

t.test('a line without an end, and text that is none, are refused', async (t) => {
  await t.rejects(rowsIn(packed('x'.repeat(300_000))), { message: /too long/ });
  await t.rejects(rowsIn(packed('1\t2\t\0')), { message: /no text/ });
  await t.rejects(rowsIn(zipSync({ x: Buffer.from([0x31, 0x09, 0xff, 0xfe]) })), { message: /not UTF-8/ });
});

t.test('batches are bounded', async (t) => {
  const zip = writeTable(
    'x.txt',
    columns,
    Array.from({ length: 1_700 }, () => ['1', '2', '3']),
  );
  const sizes: number[] = [];
  for await (const batch of readTable(storedBytes(zip), columns)) sizes.push(batch.length);
  t.ok(Math.max(...sizes) <= 200);
  t.equal(
    sizes.reduce((total, size) => total + size, 0),
    1_700,
  );
});
