import fc from 'fast-check';
import t from 'tap';
import { BATCH_MESSAGES_MAX, joinEnvelopes, splitEnvelopes } from '../../src/delivery/batch.ts';
import { encodeEnvelope } from '../../src/delivery/envelope.ts';
import { packWith } from '../../src/delivery/packing.ts';
import type { Message } from '../../src/delivery/port.ts';
import { linkSecretOf } from '../../src/delivery/signature.ts';
import {
  clinic,
  creation,
  hospital,
  joined,
  organisation,
  SECRET,
  type TestOrganisation,
} from '../referral/organisations.ts';

t.test('envelopes come apart as they were put together, to the byte', async (t) => {
  const body = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: BATCH_MESSAGES_MAX }), (bodies) => {
      const envelopes = bodies.map((each, i) =>
        encodeEnvelope({
          ...{ id: `m-${i}`, correlationId: 'c', from: 'AAAA', to: 'BBBB', type: 'any' },
          body: Buffer.from(JSON.stringify(each)),
        }),
      );
      t.same(splitEnvelopes(joinEnvelopes(envelopes)), envelopes);
    }),
  );
  const tooMany = Array.from({ length: BATCH_MESSAGES_MAX + 1 }, () => Buffer.from('{}'));
  t.equal(splitEnvelopes(joinEnvelopes(tooMany)), undefined);
});

const request = (caseId: string) => ({
  version: 1,
  caseId,
  seq: 1,
  at: '2026-03-02T09:00:00+08:00',
  direction: 'up',
  priority: 'routine',
  department: creation.department,
  patient: creation.patient,
  form: creation.form,
  consent: creation.consent,
});

function message(id: string, change: Partial<Message> = {}): Message {
  return {
    ...{ id, correlationId: id, from: clinic.code, to: hospital.code, type: 'referral.request' },
    body: Buffer.from(JSON.stringify(request(id))),
    ...change,
  };
}

/** Hands a packet over as the clinic's gateway would. */
async function post(
  there: TestOrganisation,
  messages: readonly Message[],
  change: { headers?: Record<string, string>; bytes?: (bytes: Buffer) => Buffer; url?: string } = {},
) {
  const [first, ...more] = messages;
  const { headers, bytes } = packWith({ secrets: [linkSecretOf(SECRET)] }, there.clock)(first!, ...more);
  const answer = await there.app.inject({
    method: 'POST',
    url: change.url ?? '/v1/link/batches',
    headers: { ...headers, 'content-type': 'application/x-ndjson', ...change.headers } as Record<
      string,
      string
    >,
    payload: change.bytes?.(bytes) ?? bytes,
  });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
}

const count = async (there: TestOrganisation, table: 'referrals' | 'inbox') =>
  (await there.store.list((db) => db.selectFrom(table).selectAll())).length;

t.test('several messages are taken at once, and their repeat gets the same receipts', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const messages = ['m-1', 'm-2', 'm-3'].map((id) => message(id));
  const { status, body } = await post(there, messages);
  t.equal(status, 200);
  t.match(
    body.results,
    messages.map(({ id }) => ({ receipt: { messageId: id, duplicate: false } })),
  );
  there.clock.advance(1_000);
  const again = await post(there, messages);
  const repeated = (body.results as { receipt: object }[]).map(({ receipt }) => ({
    receipt: { ...receipt, duplicate: true },
  }));
  t.same(again.body.results, repeated);
  const single = await post(there, [message('m-2')], { url: '/v1/link/messages' });
  t.match(single, { status: 200, body: { duplicate: true } }, 'the same message, come by itself');
  t.match(single.headers, { 'yikatong-batch': String(BATCH_MESSAGES_MAX) });
  t.equal(await count(there, 'referrals'), 3);
});

t.test('what is wrong with one message neither holds nor loses the others', async (t) => {
  const there = await organisation(t, hospital, clinic);
  await post(there, [message('known')]);
  const bad: [Message, object][] = [
    [message('unknown-type', { type: 'no.such' }), { refusal: { status: 422, code: 'link.unknown-type' } }],
    [
      message('known', { body: Buffer.from(JSON.stringify({ ...request('known'), priority: 'urgent' })) }),
      { refusal: { status: 409, code: 'link.conflict' } },
    ],
    [
      message('bad-body', { body: Buffer.from('{"version":1}') }),
      { refusal: { status: 400, code: 'request.invalid' } },
    ],
    [message('elsewhere', { to: 'NOLINK0001' }), { refusal: { status: 422, code: 'link.not-for-us' } }],
    [message('of-another', { from: 'NOLINK0001' }), { refusal: { status: 400, code: 'request.invalid' } }],
  ];
  const sent: [Message, object][] = bad.flatMap(([each, refusal], i) => {
    const good = message(`good-${i}`);
    return [
      [good, { receipt: { messageId: good.id, duplicate: false } }],
      [each, refusal],
    ];
  });
  const { status, body } = await post(
    there,
    sent.map(([each]) => each),
  );
  t.equal(status, 200);
  t.match(
    body.results,
    sent.map(([, outcome]) => outcome),
  );
  t.equal(await count(there, 'referrals'), 1 + bad.length);
  t.equal(await count(there, 'inbox'), 1 + bad.length);
});

t.test('several are refused as a whole when their signature, number or size is wrong', async (t) => {
  const there = await organisation(t, hospital, clinic);
  const two = [message('m-1'), message('m-2')];
  const forged = await post(there, two, { headers: { 'webhook-signature': 'v1,AAAA' } });
  t.match(forged, { status: 401, body: { code: 'link.signature' } });
  const cut = await post(there, two, { bytes: (bytes) => bytes.subarray(0, -10) });
  t.match(cut, { status: 401, body: { code: 'link.signature' } });
  const elsewhere = await post(there, two, { headers: { 'yikatong-receiver': clinic.code } });
  t.match(elsewhere, { status: 422, body: { code: 'link.not-for-us' } });
  const many = Array.from({ length: BATCH_MESSAGES_MAX + 1 }, (_, i) => message(`n-${i}`));
  t.match(await post(there, many), { status: 413, body: { code: 'request.too-large' } });
  const long = await post(there, two, { bytes: (bytes) => Buffer.alloc(1_100_000, bytes) });
  t.match(long, { status: 413, body: { code: 'request.too-large' } });
  t.equal(await count(there, 'inbox'), 0);
});

t.test('a queue goes together once the other side is known, and both ends have all of it', async (t) => {
  const { here, there } = await joined(t);
  const urls: string[] = [];
  there.app.server.on('request', ({ url }) => urls.push(String(url)));
  const create = (times: number) =>
    Promise.all(Array.from({ length: times }, () => here.call('POST', '/v1/referrals', creation)));
  await create(1);
  await here.deliverAll();
  t.same(urls, ['/v1/link/messages'], 'by itself, to somebody unknown');
  await create(6);
  await here.deliverAll();
  t.same(urls, ['/v1/link/messages', '/v1/link/batches']);
  t.equal(await count(there, 'referrals'), 7);
  const states = await here.store.list<{ state: string }>((db) => db.selectFrom('referrals').select('state'));
  t.same(new Set(states.map(({ state }) => state)), new Set(['received']));
});
