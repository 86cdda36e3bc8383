import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import t from 'tap';
import {
  linkSecretOf,
  signatureOf,
  TIMESTAMP_TOLERANCE_S,
  verifySignature,
} from '../../src/delivery/signature.ts';

const text = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const secret = linkSecretOf(text);

t.test('signatures are those of the Standard Webhooks library', async (t) => {
  const body = Buffer.from('{"姓名":"张三"}');
  const at = new Date();
  const theirs = new Webhook(text).sign('msg-1', at, body.toString());
  const ours = signatureOf(secret, 'msg-1', Math.floor(at.getTime() / 1000), body);
  t.equal(ours, theirs);
  const headers = {
    'webhook-id': 'msg-1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': ours,
  };
  t.doesNotThrow(() => new Webhook(text).verify(body.toString(), headers));
});

t.test('a signature holds for its own id, time, body and secret only', async (t) => {
  const nowMs = 1_700_000_000_000;
  const timestamp = String(nowMs / 1000);
  const body = Buffer.from('{}');
  const signature = signatureOf(secret, 'a', nowMs / 1000, body);
  const check = (change: object, bytes = body, key = secret, now = nowMs) =>
    verifySignature(key, { id: 'a', timestamp, signature, ...change }, bytes, now);
  t.ok(check({}));
  t.notOk(check({ id: 'b' }));
  t.notOk(check({ timestamp: String(nowMs / 1000 + 1) }));
  t.notOk(check({}, Buffer.from('{ }')));
  t.notOk(check({}, body, linkSecretOf(Buffer.alloc(24, 1).toString('base64'))));
  t.ok(check({}, body, secret, nowMs + TIMESTAMP_TOLERANCE_S * 1000));
  t.notOk(check({}, body, secret, nowMs + TIMESTAMP_TOLERANCE_S * 1000 + 1));
  t.notOk(check({}, body, secret, nowMs - TIMESTAMP_TOLERANCE_S * 1000 - 1));
  t.ok(check({ signature: `v1a,zzz v1,AAAA ${signature}` }), 'any of several');
  t.notOk(check({ signature: signature.replace('v1,', 'v2,') }));
});

t.test('whatever stands in the headers, verifying answers and never throws', async () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.uint8Array(), (id, timestamp, signature, body) => {
      return !verifySignature(secret, { id, timestamp, signature }, Buffer.from(body), 0);
    }),
  );
});

t.test('a secret that is too short is refused at the start', async (t) => {
  t.throws(() => linkSecretOf('whsec_c2hvcnQ='), /whsec_/);
  t.throws(() => linkSecretOf(''), /whsec_/);
});
