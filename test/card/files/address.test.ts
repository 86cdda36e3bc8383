import fc from 'fast-check';
import t from 'tap';
import { FILE_ADDRESS_LENGTH_MAX, parseFileAddress } from '../../../src/card/files/address.ts';
import { Fault } from '../../../src/errors.ts';

const parse = (text: string) => parseFileAddress(text, 'SSSE');

t.test('an address names files and their items, in their order', async (t) => {
  t.strictSame(parse('SSSEEF05|06|07|$SSSEEF06|08|4e|$'), [
    {
      written: 'SSSEEF05',
      application: 'SSSE',
      file: 0xef05,
      items: [
        { written: '06', tag: 0x06, occurrence: 1 },
        { written: '07', tag: 0x07, occurrence: 1 },
      ],
    },
    {
      written: 'SSSEEF06',
      application: 'SSSE',
      file: 0xef06,
      items: [
        { written: '08', tag: 0x08, occurrence: 1 },
        { written: '4E', tag: 0x4e, occurrence: 1 },
      ],
    },
  ]);
});

t.test('the spellings in the field mean the root of the card, and are kept', async (t) => {
  for (const [text, written] of [
    ['SSSEEF06|08|$', 'SSSEEF06'],
    ['MFEF06|08|$', 'MFEF06'],
    ['MF|EF06|08|$', 'MF|EF06'],
    ['3F00EF06|08|$', '3F00EF06'],
    ['SSSEEF06|08', 'SSSEEF06'],
    ['SSSEEF06|08|', 'SSSEEF06'],
    ['ssseef06|08|$', 'SSSEEF06'],
  ] as const) {
    t.match(parse(text), [{ written, application: 'SSSE', file: 0xef06, items: [{ tag: 8 }] }], text);
  }
  t.match(parseFileAddress('MFEF05|08|$', 'DDF1'), [{ application: 'DDF1' }]);
});

t.test('cyclic records and equal items are counted in hexadecimal', async (t) => {
  t.match(parse('DF04EF08:0A$DF04EF08:1e$'), [{ record: 10, items: [] }, { record: 30 }]);
  t.match(parse('DF02EF15|99:03|0F|$'), [
    {
      application: 'DF02',
      file: 0xef15,
      items: [{ written: '99:03', tag: 0x99, occurrence: 3 }, { tag: 0x0f }],
    },
  ]);
  t.match(parse('SSSEEF08|$'), [{ file: 0xef08, items: [] }]);
  t.match(parse('DF03ED01$'), [{ file: 0xed01 }]);
});

t.test('what is no address is refused with the part that is wrong', async (t) => {
  for (const text of [
    '',
    '$',
    'EF05|01|$',
    'MF|$',
    'MF|01|$',
    'DF0BEF05|01|$',
    'DF00EF05$',
    'SSSEEF5|01|$',
    'SSSEAF05|01|$',
    'SSSEEF05|1|$',
    'SSSEEF05|0G|$',
    'SSSEEF05||01|$',
    'SSSEEF05|01:00|$',
    'DF02EF07:00$',
    'DF02EF07:01|02|$',
    'SSSEEF05|01|$$SSSEEF06|08|$',
    `SSSEEF05|${'01|'.repeat(400)}$`,
    'SSSEEF05$'.repeat(300).slice(0, FILE_ADDRESS_LENGTH_MAX + 1),
  ]) {
    t.throws(() => parse(text), { code: 'request.invalid', context: { pointer: '/body/fileAddress' } }, text);
  }
  const long = t.throws(() => parse('111111198101011110张三|$')) as Fault;
  t.notMatch(long.context.detail, /张三|\d{21}/);
});

const hexByte = fc
  .integer({ min: 1, max: 0xff })
  .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
const item = fc.oneof(
  hexByte,
  fc.tuple(hexByte, hexByte).map((pair) => pair.join(':')),
);
const folder = fc.constantFrom('SSSE', 'MF', '3F00', 'MF|', 'DF01', 'DF0A');
const file = fc
  .tuple(folder, hexByte, fc.array(item, { maxLength: 8 }))
  .map(([name, id, items]) => `${name}EF${id}|${items.map((each) => `${each}|`).join('')}$`);

t.test('whatever is a list of files comes back as it was written', async (t) => {
  fc.assert(
    fc.property(fc.array(file, { minLength: 1, maxLength: 10 }), (files) => {
      const text = files.join('');
      const parsed = parse(text);
      const again = parsed.map(
        ({ written, items }) => `${[written, ...items.map((each) => each.written)].join('|')}|$`,
      );
      if (again.join('') !== text) throw new Error(again.join(''));
    }),
  );
  t.pass();
});

t.test('any text is an address or a Fault, and never more than its bounds', async (t) => {
  const noise = fc.string({ unit: fc.constantFrom(...'SMDF0E5|:$18A'), maxLength: 60 });
  fc.assert(
    fc.property(
      fc.oneof(
        noise,
        fc.string(),
        fc.array(file).map((files) => files.join('|')),
      ),
      (text) => {
        try {
          const files = parse(text);
          if (files.length > text.length || files.some(({ file }) => !(file >= 0xed00 && file <= 0xefff)))
            throw new Error(text);
        } catch (error) {
          if (!(error instanceof Fault) || error.code !== 'request.invalid') throw error;
        }
      },
    ),
    { numRuns: 2_000 },
  );
  t.pass();
});
