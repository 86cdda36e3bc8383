import fc from 'fast-check';
import { parse } from 'lossless-json';
import t from 'tap';
import { parseExactly } from '../../../../adapters/insurers/nhsa/exact-json.ts';

/** A key of that name is a key to us; the library makes it the object's prototype. */
const PROTOTYPE = '__proto__';

/** What a well-kept library makes of the same text. */
function asTheLibrary(text: string): unknown {
  try {
    return parse(text, undefined, (number) => number);
  } catch {
    return undefined;
  }
}

t.test('numbers keep the digits they were written with', async (t) => {
  const text =
    '{"a":0.0,"b":12.30,"c":-0.10,"d":1E+2,"e":9007199254740993,"f":["1.20e1",3],"g":true,"h":null}';
  t.same(parseExactly(text), {
    a: '0.0',
    b: '12.30',
    c: '-0.10',
    d: '1E+2',
    e: '9007199254740993',
    f: ['1.20e1', '3'],
    g: true,
    h: null,
  });
});

t.test('digits within strings stay where they are', async (t) => {
  const value = { 'key 1': 'a "quoted\\" 2 \\\\', 中文: '12,3:4', '\\': '\\"5\\"' };
  t.same(parseExactly(JSON.stringify(value)), value);
});

t.test('what is not JSON is nothing', async (t) => {
  for (const text of [
    '',
    '{',
    '{"a":01}',
    '{"a":1.}',
    '{"a":--1}',
    '{"a":1-2}',
    '{"a":+1}',
    '{"a":NaN}',
    '"a',
    '{a:1}',
  ])
    t.equal(parseExactly(text), undefined, text);
});

t.test(
  'a key that stands twice makes the whole nothing, since nobody can tell which value counts',
  async (t) => {
    t.equal(parseExactly('{"fund_pay_sumamt":1.00,"fund_pay_sumamt":2.00}'), undefined);
    t.equal(parseExactly('{"a":[{"b":1},{"b":2 , "b" : 3}]}'), undefined);
  },
);

t.test('nesting without end does not exhaust the stack', async (t) => {
  t.doesNotThrow(() => parseExactly('['.repeat(200_000) + ']'.repeat(200_000)));
});

t.test('it reads any JSON as a well-kept library does', async () => {
  fc.assert(
    fc.property(fc.json(), fc.boolean(), (text, spaced) => {
      fc.pre(!text.includes(PROTOTYPE));
      const written = spaced ? JSON.stringify(JSON.parse(text), null, 2) : text;
      t.same(parseExactly(written), asTheLibrary(written));
    }),
    { numRuns: 500 },
  );
});

t.test('text that was changed at random is never read as something else', async () => {
  const change = fc.record({
    at: fc.nat(),
    to: fc.constantFrom('"', '\\', '0', '-', '.', 'e', '{', ',', ':', ' ', 'x'),
  });
  fc.assert(
    fc.property(fc.json(), change, (text, { at, to }) => {
      fc.pre(!text.includes(PROTOTYPE));
      const place = at % (text.length + 1);
      const changed = text.slice(0, place) + to + text.slice(place + 1);
      const ours = parseExactly(changed);
      // The library takes a key that stands twice with the same value; we take none that stands twice.
      if (ours !== undefined) t.same(ours, asTheLibrary(changed));
    }),
    { numRuns: 2_000 },
  );
});
