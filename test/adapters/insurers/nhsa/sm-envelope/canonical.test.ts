import fc from 'fast-check';
import { parse } from 'lossless-json';
import t from 'tap';
import {
  canonicalJson,
  escaped,
  stringToSign,
} from '../../../../../adapters/insurers/nhsa/sm-envelope/canonical.ts';
import { published } from './fixture.ts';

for (const { name, payload, expectedSignString, expectedCleanedDataJson } of published.samples) {
  t.test(`the published sample ${name} gives the published string`, async (t) => {
    const message = parse(JSON.stringify(payload)) as Record<string, unknown>;
    t.equal(stringToSign(message, published.appSecret, 'native'), expectedSignString);
    t.equal(canonicalJson(message.data, 'native'), expectedCleanedDataJson);
  });
}

t.test('what is empty at any depth is left out, and so is what becomes empty by it', async (t) => {
  const value = { a: '', b: [null, '', {}, [{}]], c: { d: { e: null } }, f: [0, false, ' '] };
  t.equal(canonicalJson(value, 'native'), '{"f":[0,false," "]}');
  t.equal(canonicalJson({ a: [] }, 'native'), undefined);
  t.equal(stringToSign({ a: '', data: { b: '' }, c: null }, 'S', 'native'), 'key=S');
});

t.test('numbers keep the digits they were written with, and may become text', async (t) => {
  const value = parse('{"b":12.30,"a":[1E2,true],"c":0.0}');
  t.equal(canonicalJson(value, 'native'), '{"a":[1E2,true],"b":12.30,"c":0.0}');
  t.equal(canonicalJson(value, 'text'), '{"a":["1E2","true"],"b":"12.30","c":"0.0"}');
});

t.test('keys are sorted by their characters, those that look like numbers too', async (t) => {
  t.equal(
    canonicalJson(parse('{"9":"a","10":"b","B":"c","a":"d"}'), 'native'),
    '{"10":"b","9":"a","B":"c","a":"d"}',
  );
});

t.test('the signature, the ciphertext, extra and what the platform leaves out are not signed', async (t) => {
  const message = { code: '0', signData: 'x', encData: 'y', extra: 'z', message: 'm', success: true };
  t.equal(stringToSign(message, 'S', 'native'), 'code=0&message=m&success=true&key=S');
  t.equal(stringToSign(message, 'S', 'native', ['code', 'message']), 'success=true&key=S');
});

t.test('escaped JSON is ASCII and says the same', async (t) => {
  t.equal(escaped('{"k":"值"}'), '{"k":"\\u503c"}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = escaped(JSON.stringify(value));
      return /^[\0-\x7f]*$/.test(text) && JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
    }),
  );
});

t.test('the order of keys never matters, that of lists does', async (t) => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, shuffled(inner)]),
    );
  };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
      const data = parse(JSON.stringify(value));
      const again = parse(JSON.stringify(shuffled(value)));
      return canonicalJson(data, 'native') === canonicalJson(again, 'native');
    }),
  );
  t.not(canonicalJson([1, 2], 'native'), canonicalJson([2, 1], 'native'));
});

t.test('what is written is JSON, and writing it again changes nothing', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('native' as const, 'text' as const), (value, scalars) => {
      const text = canonicalJson(parse(JSON.stringify(value)), scalars);
      return text === undefined || canonicalJson(parse(text), scalars) === text;
    }),
  );
});
