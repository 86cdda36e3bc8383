import fc from 'fast-check';
import t from 'tap';
import type { Field } from '../../../src/card/files/layout.ts';
import { fieldBytes, fieldText } from '../../../src/card/files/values.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const field = (type: Field['type'], bytes: number): Field => ({ tag: 1, type, bytes });

t.test('values are read by their type, whatever they are filled up with', async (t) => {
  const cases: [Field['type'], string, string][] = [
    ['an', 'D5C5C8FD0000', '张三'],
    ['an', 'D5C5C8FD2020', '张三'],
    ['an', 'FFFFFFFF', ''],
    ['an', '332E3030', '3.00'],
    ['an', '322E3000', '2.0'],
    ['b', '430299D156000005000000133A05F2E3', '430299D156000005000000133A05F2E3'],
    ['cn', '111111', '111111'],
    ['cn', '01', '01'],
    ['cn', '12345F', '12345'],
    ['cn', '9156000002430200430100D5', '9156000002430200430100D5'],
    ['cn', 'FFFFFF', ''],
    ['date', '20160919', '20160919'],
    ['date', '32303132', '2012'],
    ['date', 'FFFFFFFF', ''],
    ['dec', '00012345', '123.45'],
    ['dec', '00000007', '0.07'],
    ['dec', '0000000A', ''],
    ['hex', '000004D2', '12.34'],
    ['hex', '00000000', '0.00'],
    ['hex', 'FFFFFFFF', ''],
  ];
  for (const [type, bytes, text] of cases) t.equal(fieldText(type, hex(bytes)), text, `${type} ${bytes}`);
});

t.test('values are written filled up as the standard says', async (t) => {
  const bytes = (type: Field['type'], length: number, text: string) =>
    fieldBytes(field(type, length), text)?.toString('hex').toUpperCase();
  t.equal(bytes('an', 6, '张三'), 'D5C5C8FD0000');
  t.equal(bytes('cn', 3, '12345'), '12345F');
  t.equal(bytes('cn', 4, ''), 'FFFFFFFF');
  t.equal(bytes('date', 4, '20160919'), '20160919');
  t.equal(bytes('dec', 4, '123.45'), '00012345');
  t.equal(bytes('dec', 4, '12.3'), '00001230');
  t.equal(bytes('dec', 4, '7'), '00000700');
  t.equal(bytes('hex', 4, '12.34'), '000004D2');
  t.equal(bytes('b', 2, 'a1B2'), 'A1B2');
});

t.test('what does not fit its field is not written', async (t) => {
  const refused: [Field['type'], number, string][] = [
    ['an', 3, '张三'],
    ['an', 30, '张|三'],
    ['an', 30, '张$三'],
    ['an', 30, '张^三'],
    ['an', 30, 'a\u0000b'],
    ['an', 30, ' 张三'],
    ['cn', 2, '12345'],
    ['cn', 3, '12A'],
    ['date', 4, '20160931'],
    ['date', 4, '2016'],
    ['b', 2, 'A1'],
    ['b', 2, 'A1B2C3'],
    ['b', 2, 'A1G2'],
    ['dec', 4, '1234567.89'],
    ['dec', 4, '1.234'],
    ['dec', 4, '-1'],
    ['dec', 4, ''],
    ['hex', 4, '42949672.96'],
  ];
  for (const [type, length, text] of refused) {
    t.equal(fieldBytes(field(type, length), text), undefined, `${type} ${length} ${JSON.stringify(text)}`);
  }
});

t.test('what is written is what is read again', async (t) => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{0,${length}}$`));
  const values: fc.Arbitrary<[Field, string]> = fc.oneof(
    fc
      .array(fc.constantFrom(...'张三李四〇A1-𠮷'), { maxLength: 7 })
      .map((characters): [Field, string] => [field('an', 30), characters.join('')]),
    digits(12).map((text): [Field, string] => [field('cn', 6), text]),
    fc
      .uint8Array({ minLength: 4, maxLength: 4 })
      .map((bytes): [Field, string] => [field('b', 4), Buffer.from(bytes).toString('hex').toUpperCase()]),
    fc
      .tuple(fc.constantFrom('dec' as const, 'hex' as const), fc.integer({ min: 0, max: 99_999_999 }))
      .map(([type, fen]): [Field, string] => [field(type, 4), (fen / 100).toFixed(2)]),
  );
  fc.assert(
    fc.property(values, ([to, text]) => {
      const bytes = fieldBytes(to, text);
      if (!bytes || bytes.length !== to.bytes) throw new Error(`${to.type} ${text} was not taken`);
      const blank = bytes.every((byte) => byte === 0xff);
      if (!blank && fieldText(to.type, bytes) !== text) throw new Error(`${to.type} ${text}`);
    }),
  );
  t.pass();
});

t.test('any bytes are some text, free of what separates fields', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom<Field['type']>('an', 'cn', 'date', 'b', 'dec', 'hex'),
      fc.uint8Array({ maxLength: 300 }),
      (type, bytes) => {
        if (fieldText(type, Buffer.from(bytes)).includes('|')) throw new Error('a bar');
      },
    ),
  );
  t.pass();
});
