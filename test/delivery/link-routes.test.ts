import t from 'tap';
import { ENVELOPE_BYTES_MAX, encodeEnvelope } from '../../src/delivery/envelope.ts';
import { linkSecretOf, signatureOf } from '../../src/delivery/signature.ts';
import {
  clinic,
  creation,
  hospital,
  organisation,
  SECRET,
  type TestOrganisation,
} from '../referral/organisations.ts';

const secret = linkSecretOf(SECRET);

const request = {
  version: 1,
  caseId: 'case-1',
  seq: 1,
  at: '2026-03-02T09:00:00+08:00',
  direction: 'up',
  priority: 'routine',
  department: creation.department,
  patient: creation.patient,
  form: creation.form,
  consent: creation.consent,
};

interface Post {
  id?: string;
  from?: string;
  to?: string;
  type?: string;
  body?: object;
  bytes?: Buffer;
  headers?: Record<string, string>;
}

/** Hands a message over as the clinic's gateway would, with whatever is to be wrong about it. */
async function post(there: TestOrganisation, change: Post = {}) {
  const {
    id = 'm-1',
    from = clinic.code,
    to = hospital.code,
    type = 'referral.request',
    body = request,
  } = change;
  const bytes =
    change.bytes ??
    encodeEnvelope({ id, correlationId: 'case-1', from, to, type, body: Buffer.from(JSON.stringify(body)) });
  const timestamp = Math.floor(there.clock.now() / 1000);
  const answer = await there.app.inject({
    method: 'POST',
    url: '/v1/link/messages',
    headers: {
      'content-type': 'application/json',
      'yikatong-sender': from,
      'yikatong-receiver': to,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureOf(secret, id, timestamp, bytes),
      ...change.headers,
    },
    payload: bytes,
  });
  return { status: answer.statusCode, body: answer.json() };
}

const count = async (there: TestOrganisation, table: 'referrals' | 'inbox' | 'referral_events') =>
  (await there.store.list((db) => db.selectFrom(table).selectAll())).length;

t.test('a signed message is taken, and its repeat gets the same receipt and has no effect', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const first = await post(there);
  t.equal(first.status, 201);
  t.match(first.body, { messageId: 'm-1', duplicate: false });
  there.clock.advance(1_000);
  const again = await post(there);
  t.equal(again.status, 200);
  t.same(again.body, { ...first.body, duplicate: true });
  t.equal(await count(there, 'referrals'), 1);
  t.equal(await count(there, 'referral_events'), 1);
});

t.test('another content under the same message id is a conflict', async (t) => {
  const there = await organisation(t, hospital, clinic);
  await post(there);
  const other = await post(there, { body: { ...request, priority: 'urgent' } });
  t.match(other, { status: 409, body: { code: 'link.conflict', place: 'peer' } });
  const sameCase = await post(there, { id: 'm-2' });
  t.match(sameCase, { status: 409, body: { code: 'link.conflict' } });
  t.equal(await count(there, 'inbox'), 1);
});

t.test('a wrong signature, an unknown sender or a clock far off is refused', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const refused = { status: 401, body: { code: 'link.signature', hop: 'REC_', title: /^REC_ / } };
  const unknown = { status: 401, body: { code: 'link.unknown-sender' } };
  t.match(await post(there, { headers: { 'webhook-signature': 'v1,AAAA' } }), refused);
  t.match(await post(there, { headers: { 'webhook-signature': '' } }), refused);
  t.match(await post(there, { headers: { 'webhook-id': 'other' } }), refused);
  t.match(await post(there, { headers: { 'yikatong-sender': 'NOBODY0001' } }), unknown);
  t.match(await post(there, { from: 'NOBODY0001' }), unknown);
  const old = String(Math.floor(there.clock.now() / 1000) - 301);
  const bytes = Buffer.from('{}');
  const signature = signatureOf(secret, 'm-1', Number(old), bytes);
  t.match(
    await post(there, { bytes, headers: { 'webhook-timestamp': old, 'webhook-signature': signature } }),
    { status: 401, body: { code: 'link.clock' } },
  );
  t.equal(await count(there, 'inbox'), 0);
});

t.test('a message for somebody else is refused, whichever of the two places says so', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const refused = { status: 422, body: { code: 'link.not-for-us' } };
  t.match(await post(there, { to: 'OTHER00001' }), refused);
  t.match(await post(there, { headers: { 'yikatong-receiver': 'OTHER00001' } }), refused);
});

t.test('headers and envelope must agree', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const bytesFor = (change: object) =>
    encodeEnvelope({
      ...{ id: 'm-1', correlationId: 'c', from: clinic.code, to: hospital.code, type: 'referral.request' },
      body: Buffer.from('{}'),
      ...change,
    });
  t.match(await post(there, { bytes: bytesFor({ from: 'OTHER00001' }) }), {
    status: 400,
    body: { pointer: '/body/from' },
  });
  t.match(await post(there, { bytes: bytesFor({ id: 'm-2' }) }), {
    status: 400,
    body: { pointer: '/body/id' },
  });
});

t.test('what is signed but makes no sense is refused with the place', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const wrong: [Post, object][] = [
    [
      { bytes: Buffer.from('nonsense') },
      { status: 400, body: { code: 'request.invalid', pointer: '/body' } },
    ],
    [{ bytes: Buffer.from('{}') }, { status: 400, body: { code: 'request.invalid' } }],
    [{ bytes: Buffer.from([0xff, 0xfe, 0]) }, { status: 400, body: { code: 'request.invalid' } }],
    [{ type: 'referral.dance' }, { status: 422, body: { code: 'link.unknown-type' } }],
    [{ body: { ...request, seq: 2 } }, { status: 400, body: { pointer: '/body/body/seq' } }],
    [{ body: { ...request, priority: 'soon' } }, { status: 400, body: { pointer: '/body/body/priority' } }],
    [{ type: 'referral.event' }, { status: 400, body: { code: 'request.invalid' } }],
    [{ headers: { 'content-type': 'text/plain' } }, { status: 415, body: { code: 'request.media-type' } }],
    [
      { bytes: Buffer.alloc(ENVELOPE_BYTES_MAX + 1, 0x20) },
      { status: 413, body: { code: 'request.too-large' } },
    ],
  ];
  for (const [change, expected] of wrong)
    t.match(await post(there, change), expected, JSON.stringify(expected));
  t.equal(await count(there, 'inbox'), 0);
  t.equal((await post(there)).status, 201, 'and the next good one is taken');
});

const event = (seq: number, by: 'initiator' | 'recipient' = 'initiator', seen = 0) => ({
  version: 1,
  caseId: 'case-1',
  by,
  seq,
  seen,
  at: '2026-03-02T09:00:00+08:00',
  event: { type: 'request-cancellation', reason: { text: '患者要求' } },
});

t.test('an event that overtakes its referral waits for it, on disk', async (t) => {
  const there = await organisation(t, hospital, clinic);
  t.equal((await post(there, { id: 'm-2', type: 'referral.event', body: event(2) })).status, 201);
  t.equal(await count(there, 'referrals'), 0);
  t.equal((await post(there)).status, 201);
  const { items: referrals } = (await there.call('GET', '/v1/referrals')).body;
  t.match(referrals, [{ state: 'cancellation-requested', version: 2 }]);
});

t.test('messages that come too far ahead, or too many of them, are asked to come later', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const far = await post(there, { id: 'far', type: 'referral.event', body: event(66) });
  t.match(far, { status: 503, body: { code: 'link.waiting-full' } });
  t.equal((await post(there, { id: 'near', type: 'referral.event', body: event(64) })).status, 201);
  const other = await post(there, { id: 'other', type: 'referral.event', body: event(64) });
  t.match(other, { status: 409, body: { code: 'link.conflict' } });
});

t.test('an answer to a referral we never sent, or to events we never sent, is refused', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const accept = { ...event(1, 'recipient', 1), event: { type: 'accept' } };
  const stray = await post(there, { type: 'referral.event', body: accept });
  t.match(stray, { status: 422, body: { code: 'link.unknown-case' } });

  const here = await organisation(t, clinic, hospital);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  const body = { ...accept, caseId: id, seen: 5 };
  const timestamp = Math.floor(here.clock.now() / 1000);
  const bytes = encodeEnvelope({
    id: 'm-9',
    correlationId: id,
    from: hospital.code,
    to: clinic.code,
    type: 'referral.event',
    body: Buffer.from(JSON.stringify(body)),
  });
  const answer = await post(here, {
    id: 'm-9',
    bytes,
    headers: {
      'yikatong-sender': hospital.code,
      'yikatong-receiver': clinic.code,
      'webhook-signature': signatureOf(secret, 'm-9', timestamp, bytes),
    },
  });
  t.match(answer, { status: 400, body: { pointer: '/body/body/seen' } });
});
