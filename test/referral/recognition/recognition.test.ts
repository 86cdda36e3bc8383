import t from 'tap';
import type { Result } from '../../../schemas/recognition.ts';
import { creation, joined, type TestOrganisation } from '../organisations.ts';

const blood = {
  category: 'laboratory',
  code: '250101015',
  name: '血细胞分析',
  institution: { code: 'CLINIC0001', name: '前进村卫生室' },
  performedAt: '2026-03-01T09:00:00+08:00',
  validUntil: '2026-03-08',
  value: '未见异常',
} as const;
const heart = { ...blood, category: 'examination', code: '310701001', name: '常规心电图检查' } as const;

async function results(side: TestOrganisation, id: string): Promise<Result[]> {
  const { body } = await side.call('GET', `/v1/referrals/${id}/results`);
  return body.items as unknown as Result[];
}

async function offered(t: Parameters<typeof joined>[0]) {
  const { here, there } = await joined(t);
  const id = (await here.call('POST', '/v1/referrals', creation)).body.id;
  await here.call('POST', `/v1/referrals/${id}/results`, { items: [blood, heart] });
  await here.deliverAll();
  const arrived = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  return { here, there, id, arrived };
}

t.test('results are offered to the receiver, whose use and refusal reach the sender', async (t) => {
  const { here, there, id, arrived } = await offered(t);
  t.match(await results(there, arrived), [
    { number: 1, by: 'initiator', ...blood },
    { number: 2, by: 'initiator', ...heart },
  ]);
  const say = (number: number, body: object) =>
    there.call('POST', `/v1/referrals/${arrived}/results/${number}/recognition`, body);
  t.equal((await say(1, { use: 'used' })).status, 200);
  t.equal((await say(2, { use: 'refused', reason: 'condition-changed', text: '胸痛加重' })).status, 200);
  await there.deliverAll();
  t.match(await results(here, id), [
    { number: 1, recognition: { use: 'used' } },
    { number: 2, recognition: { use: 'refused', reason: 'condition-changed', text: '胸痛加重' } },
  ]);
});

t.test('a recognition is said once: the same again is harmless, another is refused', async (t) => {
  const { there, arrived } = await offered(t);
  const say = (body: object, number = 1) =>
    there.call('POST', `/v1/referrals/${arrived}/results/${number}/recognition`, body);
  await say({ use: 'used' });
  t.equal((await say({ use: 'used' })).status, 200);
  t.match(await say({ use: 'refused', reason: 'other' }), {
    status: 409,
    body: { code: 'result.recognised' },
  });
  t.match(await say({ use: 'refused' }, 2), { status: 400, body: { pointer: '/body/reason' } });
  t.match(await say({ use: 'used' }, 9), { status: 404, body: { code: 'result.not-found' } });
  const sent = await there.store.list((db) =>
    db.selectFrom('deliveries').select('id').where('type', '=', 'referral.recognition'),
  );
  t.equal(sent.length, 1);
});

t.test('the same result is offered once', async (t) => {
  const { here, there, id, arrived } = await offered(t);
  const again = await here.call('POST', `/v1/referrals/${id}/results`, { items: [blood] });
  t.equal(again.body.items.length, 2);
  await here.deliverAll();
  t.equal((await results(there, arrived)).length, 2);
});

t.test('a result that comes under a number already taken is a conflict', async (t) => {
  const { there, id } = await offered(t);
  const message = {
    version: 1,
    caseId: id,
    by: 'initiator',
    number: 1,
    at: blood.performedAt,
    result: heart,
  };
  const body = Buffer.from(JSON.stringify(message));
  const received = there.inbox.receive(
    {
      id: 'other-message',
      correlationId: id,
      from: 'CLINIC0001',
      to: 'HOSPITAL01',
      type: 'referral.result',
      body,
    },
    body,
  );
  await t.rejects(received, { code: 'link.conflict' });
});
