import fc from 'fast-check';
import t from 'tap';
import { normalised, recognise } from '../../../src/card/codes/recognise.ts';
import { SAMPLE_NUMBER } from '../../helper.ts';
import { checked, HEALTH_CODE, INSURANCE_CODE, numberWith, OLD_SAMPLE_NUMBER } from '../numbers.ts';

t.test('each kind is told by its form', async (t) => {
  const male = { birthDate: '19810101', sex: 'male' };
  const kinds: [typed: string, recognised: object][] = [
    // The breakdown of one public source, and the codes of the sandbox.
    ['4243669509084040896099330000', { kind: 'insurance-code' }],
    [INSURANCE_CODE, { kind: 'insurance-code', code: INSURANCE_CODE }],
    [HEALTH_CODE, { kind: 'health-code', code: HEALTH_CODE }],
    [HEALTH_CODE.toLowerCase(), { kind: 'health-code', code: HEALTH_CODE.toLowerCase() }],
    [SAMPLE_NUMBER, { kind: 'document-number', documentType: 'resident-id', facts: male, wasOld: false }],
    [numberWith({ order: '112' }), { documentType: 'resident-id', facts: { sex: 'female' } }],
    [numberWith({ region: '810000' }), { documentType: 'residence-permit', facts: male }],
    [numberWith({ region: '820000' }), { documentType: 'residence-permit' }],
    [numberWith({ region: '830000' }), { documentType: 'residence-permit' }],
    [numberWith({ region: '911156' }), { documentType: 'foreigner-permit', facts: male }],
    ['USA111181010111', { documentType: 'foreigner-permit', number: 'USA111181010111', facts: undefined }],
    ['e00000001', { documentType: 'passport', number: 'E00000001' }],
    ['EA0000001', { documentType: 'passport' }],
    ['C01X00T47', { documentType: 'passport' }],
    ['H00000001', { documentType: 'other' }],
    ['M0000000100', { documentType: 'other' }],
    ['X00000027', { kind: 'card-number', number: 'X00000027' }],
    ['639900D15600000500BF7C7A48FB4966', { kind: 'card-id' }],
  ];
  for (const [typed, recognised] of kinds) t.match(recognise(typed), recognised, typed);
});

t.test('an old number of fifteen digits becomes one of eighteen', async (t) => {
  t.match(recognise(OLD_SAMPLE_NUMBER), {
    kind: 'document-number',
    documentType: 'resident-id',
    number: SAMPLE_NUMBER,
    facts: { birthDate: '19810101', sex: 'male' },
    wasOld: true,
  });
  t.same(recognise(OLD_SAMPLE_NUMBER.replace('810101', '811301')), { kind: 'wrong-number' });
});

t.test('a number that fails its own check is told from what is no number', async (t) => {
  const wrong = [
    SAMPLE_NUMBER.replace(/0$/, '1'),
    SAMPLE_NUMBER.replace(/0$/, 'X'),
    checked('11111119810230111'),
    checked('11111118990101111'),
  ];
  for (const number of wrong) t.same(recognise(number), { kind: 'wrong-number' });
  for (const text of ['', ' ', '张三', '12345', '1'.repeat(27), '1'.repeat(29), `${'A'.repeat(64)}:2`, '🂡'])
    t.same(recognise(text), { kind: 'unknown' }, JSON.stringify(text));
});

t.test('what keyboards and scanners put into it makes no difference', async (t) => {
  const withX = Array.from({ length: 20 }, (_, i) => numberWith({ order: String(111 + i) })).find((number) =>
    number.endsWith('X'),
  )!;
  const wide = (text: string) =>
    [...text].map((c) => String.fromCodePoint(c.codePointAt(0)! + 0xfee0)).join('');
  const written = [
    withX.toLowerCase(),
    wide(withX),
    wide(withX.toLowerCase()),
    withX.replace('X', '×'),
    withX.replace('X', 'Х'),
    ` ${withX}\r\n`,
    withX.replace(/(.{6})(.{8})/, '$1 $2\u3000'),
    `\ufeff${withX.replace(/(.{4})/, '$1\u200b')}`,
    withX.replace('X', 'x’'),
  ];
  for (const text of written) t.match(recognise(text), { number: withX }, JSON.stringify(text));
  t.equal(normalised(wide(HEALTH_CODE)), HEALTH_CODE);
});

t.test('every number with the right check character is a citizen’s, and with any other none', async () => {
  const day = fc.date({
    min: new Date('1900-01-01'),
    max: new Date('2099-12-31'),
    noInvalidDate: true,
  });
  const person = fc.record({
    region: fc.integer({ min: 110_000, max: 659_999 }),
    day,
    order: fc.integer({ min: 0, max: 999 }),
    other: fc.constantFrom(...'0123456789X'),
  });
  fc.assert(
    fc.property(person, ({ region, day, order, other }) => {
      const birth = day.toISOString().slice(0, 10).replaceAll('-', '');
      const number = checked(`${region}${birth}${String(order).padStart(3, '0')}`);
      const recognised = recognise(number);
      const changed = number.slice(0, 17) + other;
      return (
        recognised.kind === 'document-number' &&
        recognised.documentType === 'resident-id' &&
        recognised.number === number &&
        recognised.facts?.birthDate === birth &&
        recognised.facts.sex === (order % 2 === 1 ? 'male' : 'female') &&
        (changed === number || recognise(changed).kind === 'wrong-number')
      );
    }),
  );
});

t.test('whatever is typed is told apart without an error, and blanks never matter', async (t) => {
  const digits = fc.stringMatching(/^[0-9A-FXx×:０-９\s]{0,70}$/);
  const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), digits);
  fc.assert(
    fc.property(anything, (text) => {
      const recognised = recognise(text);
      t.strictSame(recognise(` ${text}\r\n`), recognised);
    }),
  );
});
