import fc from 'fast-check';
import { parse } from 'lossless-json';
import { sm2 } from 'sm-crypto-v2';
import t from 'tap';
import {
  type Application,
  applicationOf,
  type Opened,
  open,
  seal,
} from '../../../../../adapters/insurers/nhsa/sm-envelope/message.ts';
import { type SigningKey, signingKeyOf } from '../../../../../adapters/insurers/nhsa/sm-envelope/sm2.ts';

const clinic = keyPair();
const platform = keyPair();
const AT = Date.parse('2026-03-02T08:30:00+08:00');
const names = { appId: 'A'.repeat(32), appSecret: 'S'.repeat(32) };

type Manner = Parameters<typeof applicationOf>[1];

/** One end of a service, and the other, which signs with its own key and believes the first's. */
function ends(manner: Manner = {}): { ours: Application; theirs: Application } {
  return {
    ours: applicationOf({ ...names, signingKey: clinic, platformKey: platform.publicKey }, manner),
    theirs: applicationOf({ ...names, signingKey: platform, platformKey: clinic.publicKey }, manner),
  };
}

function keyPair(): SigningKey {
  return signingKeyOf(sm2.generateKeyPairHex().privateKey)!;
}

function opened(text: string, application: Application): Opened {
  const opening = open(text, application);
  if ('fault' in opening) throw new Error(opening.fault);
  return opening;
}

const MANNERS: readonly Manner[] = [
  {},
  { encrypted: false },
  { scalars: 'text' },
  { scalars: 'text', chinese: 'escaped', timestamp: 's', version: '2.0.1' },
  { encrypted: false, chinese: 'escaped', timestamp: 'yyyyMMddHHmmss' },
];

for (const manner of MANNERS) {
  t.test(`in the manner ${JSON.stringify(manner)} the other end reads what was written`, async (t) => {
    const { ours, theirs } = ends(manner);
    const data = parse('{"name":"李四","amount":12.30,"list":[{"b":1,"a":"","c":true}],"none":null}');
    const text = seal(data, AT, ours);
    t.match(opened(text, theirs), {
      signed: true,
      data: { name: '李四', amount: '12.30', list: [{ b: '1' }] },
    });
    const outer = JSON.parse(text);
    t.equal(outer.version, manner?.version ?? '1.0.0');
    t.equal('encData' in outer, manner?.encrypted !== false);
    if (manner?.chinese === 'escaped' && manner.encrypted === false) t.match(text, '\\u674e\\u56db');
    if (manner?.encrypted !== false) t.notMatch(text, '李四');
    const expected = { ms: String(AT), s: String(AT / 1_000), yyyyMMddHHmmss: '20260302083000' };
    t.equal(outer.timestamp, expected[manner?.timestamp ?? 'ms']);
  });
}

t.test('any data comes back, every number as the text it was', async () => {
  const { ours, theirs } = ends();
  const amounts = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.stringMatching(/^-?(0|[1-9][0-9]{0,9})\.[0-9]{2}$/).map((text) => ({ number: text })),
    ),
    { minKeys: 1 },
  );
  fc.assert(
    fc.property(amounts, (fields) => {
      const entries = Object.entries(fields);
      const json = entries.map(
        ([key, value]) =>
          `${JSON.stringify(key)}:${typeof value === 'string' ? JSON.stringify(value) : value.number}`,
      );
      const { data, signed } = opened(seal(parse(`{${json.join(',')}}`), AT, ours), theirs);
      const read = data as Record<string, string>;
      return (
        signed &&
        entries.every(([key, value]) => read[key] === (typeof value === 'string' ? value : value.number))
      );
    }),
    { numRuns: 15 },
  );
});

t.test('a message that was tampered with is found out, wherever', async (t) => {
  for (const manner of [{}, { encrypted: false }]) {
    const { ours, theirs } = ends(manner);
    const text = seal(parse('{"payOrdId":"P1","fundPay":10.00}'), AT, theirs);
    t.ok(opened(text, ours).signed);
    const outer = JSON.parse(text) as Record<string, string>;
    const forged: Record<string, unknown>[] = [
      { ...outer, timestamp: '1' },
      { ...outer, version: '9' },
      { ...outer, code: 0 },
      { ...outer, message: '成功' },
      { ...outer, signData: Buffer.alloc(64, 1).toString('base64') },
      { ...outer, signData: 'rubbish' },
      manner.encrypted === false
        ? { ...outer, data: { payOrdId: 'P1', fundPay: '0.00' } }
        : { ...outer, encData: `${outer.encData}${outer.encData}` },
    ];
    for (const message of forged)
      t.match(open(JSON.stringify(message), ours), { fault: String }, JSON.stringify(message).slice(-60));
  }
  const { ours, theirs } = ends();
  const stranger = { ...theirs, signingKey: keyPair() };
  t.match(open(seal({ a: 'b' }, AT, stranger), ours), { fault: /签名/ }, 'signed by somebody else');
  t.match(open(seal({ a: 'b' }, AT, { ...theirs, appId: 'B'.repeat(32) }), ours), { fault: String });
  t.match(
    open(seal({ a: 'b' }, AT, { ...theirs, encrypted: false, appId: 'B'.repeat(32) }), ours),
    { fault: /appId/ },
    'for another application',
  );
});

t.test('fields of an answer count as signed only as far as the platform signs them', async (t) => {
  const { ours, theirs } = ends();
  const text = seal({ a: 'b' }, AT, theirs);
  const withCode = JSON.stringify({ ...JSON.parse(text), code: 0, message: '成功', success: true });
  t.match(open(withCode, ours), { fault: /签名/ });
  const lax = { ...ours, unsignedFields: ['code', 'message', 'success'] };
  t.match(opened(withCode, lax), { signed: true, code: '0', codeSigned: false, message: '成功' });
  t.match(opened('{"infcode":-1,"err_msg":"余额不足"}', ours), {
    signed: false,
    codeSigned: false,
    code: '-1',
    message: '余额不足',
  });
});

t.test('no answer, however odd, throws', async () => {
  const { ours } = ends();
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ encData: fc.string(), signData: fc.string(), code: fc.jsonValue(), data: fc.jsonValue() })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(odd, (text) => {
      const opening = open(text, ours);
      return 'fault' in opening || !opening.signed;
    }),
  );
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  open(`{"data":${deep},"signData":"x"}`, ours);
});
