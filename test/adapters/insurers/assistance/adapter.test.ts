import t from 'tap';
import { createAssistance } from '../../../../adapters/insurers/assistance/adapter.ts';
import { ENTITLED, startVirtualAssistance } from '../../../../src/sandbox/assistance/server.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testIds } from '../../../helper.ts';
import { BILL, caller, newWorld, sampleBill, settleDown } from '../../../settlement/parts.ts';

const act = (name: string) => ({ id: 's-1', act: name, caller });

/** An insurer that leaves 4.92 of 12.30, and assistance that pays 70 % of what is within the scope of that. */
async function office(t: Parameters<typeof newWorld>[0]) {
  const world = await newWorld(t);
  const virtual = await startVirtualAssistance({ port: 0 });
  t.teardown(() => virtual.close());
  const payer = createAssistance(
    {
      ...{ id: 'relief', adapter: 'assistance', url: virtual.url, timeoutMs: 1_000 },
      ...{ hospitalId: 'H1', hospitalName: '示例卫生院', hospitalArea: '111111' },
    },
    { clock: world.clock, ids: testIds },
  );
  t.teardown(() => payer.close());
  const start = () => world.start(world.store, { insurers: [world.insurer, payer] });
  const create = (gateway = start(), id = 's-1') =>
    gateway.service.create(id, true, caller, async () => sampleBill(BILL, ['fake', 'relief']));
  const liveAid = () =>
    virtual
      .ledger()
      .filter(({ status, strike }) => status === '2' && strike === '00')
      .map(({ assistanceFen }) => assistanceFen);
  return { world, virtual, start, create, liveAid };
}

t.test('assistance pays its share of what the insurer left, and takes it back', async (t) => {
  const { start, create, liveAid, world } = await office(t);
  const gateway = start();
  const settled = await create(gateway);
  // In scope 12.30, the fund paid 6.15; of the 4.92 that are left all is within the rest of 6.15: 70 % are 3.44.
  t.match(settled.row, { state: 'settled', fund_fen: 615 + 344, cash_fen: 148 });
  t.same(liveAid(), [344]);
  const reversed = await gateway.service.reverse(act('reverse'));
  t.equal(reversed.row.state, 'reversed');
  t.same(liveAid(), []);
  t.same(world.insurer.live(BILL), []);
  t.equal((await create(gateway, 's-2')).row.state, 'settled', 'and again: their service takes it anew');
  t.same(liveAid(), [344]);
});

t.test('who is not entitled is refused before any money moves', async (t) => {
  const { start, liveAid } = await office(t);
  const gateway = start();
  const refused = await gateway.service.create('s-1', true, caller, async () => {
    const { bill, ...input } = sampleBill(BILL, ['fake', 'relief']);
    const identity = { documentType: 'passport', documentNumber: 'E12345678', name: '某' } as const;
    return { ...input, bill: { ...bill, identity } };
  });
  t.equal(refused.row.state, 'failed');
  t.same(liveAid(), []);
});

for (const kind of [
  'lose-answer',
  'rubbish',
  '5xx-after',
  'truncate',
  'delay',
  'lose-request',
  'system-error',
  'wrong-amounts',
] as const) {
  t.test(`a settlement met with ${kind} is decided by its record, once`, async (t) => {
    const { world, virtual, start, create, liveAid } = await office(t);
    const gateway = start();
    virtual.misbehave({ infno: 'balance', kind, delayMs: 60_000 });
    const doubtful = await create(gateway);
    t.match(doubtful.row, { state: 'in-doubt', leg: 2 });
    world.clock.advance(10_000);
    await gateway.worker.runOnce();
    t.equal((await gateway.service.get('s-1')).row.state, 'settled');
    t.same(liveAid(), [344]);
  });

  t.test(`a reversal met with ${kind} is repeated, which tells`, async (t) => {
    const { world, virtual, start, create, liveAid } = await office(t);
    const gateway = start();
    await create(gateway);
    virtual.misbehave({ infno: 'strike', kind, delayMs: 60_000 });
    t.equal((await gateway.service.reverse(act('reverse'))).row.state, 'in-doubt');
    await settleDown(world, gateway);
    t.equal((await gateway.service.get('s-1')).row.state, 'reversed');
    t.same(liveAid(), []);
    t.equal(virtual.ledger().filter(({ strike }) => strike === '02').length, 1, 'reversed once');
  });
}

t.test('a refusal leaves nothing standing at the insurer', async (t) => {
  const { world, virtual, create, liveAid } = await office(t);
  virtual.misbehave({ infno: 'balance', kind: 'refuse' });
  const failed = await create();
  t.match(failed.row, { state: 'failed', cause_code: 'settlement.payer-failed' });
  t.same(liveAid(), []);
  t.same(world.insurer.live(BILL), []);
});

t.test('a second record of the day can’t be told apart: a person decides', async (t) => {
  const { world, virtual, start, create } = await office(t);
  const gateway = start();
  await create(gateway);
  await gateway.service.reverse(act('reverse'));
  virtual.misbehave({ infno: 'balance', kind: 'lose-answer' });
  await create(gateway, 's-2');
  world.clock.advance(10_000);
  await gateway.worker.runOnce();
  t.match((await gateway.service.get('s-2')).row, { state: 'needs-review', doubt_of: 'settle' });
});

t.test('who somebody is to assistance, and any question of its service', async (t) => {
  const { start } = await office(t);
  const { inquiries } = start();
  const identity = { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME } as const;
  t.match(await inquiries.eligibility('relief', identity, undefined, caller), {
    value: { name: SAMPLE_NAME, classes: [{ code: ENTITLED.assistanceType }] },
  });
  const input = { domicileCode: '111111000000', payBase: '1.00', assitanceType: '02', inDate: '2026-03-02' };
  t.match(await inquiries.transact('relief', 'queryPercentage', { input }, caller), { output: '0.7' });
  await t.rejects(inquiries.transact('relief', 'balance', { input: {} }, caller), {
    code: 'insurer.reserved-transaction',
  });
  await t.rejects(inquiries.transact('relief', 'nothing', { input: {} }, caller), {
    code: 'insurer.unknown-transaction',
  });
  await t.rejects(inquiries.transact('relief', 'checkIdentity', { input: { idCard: 1 } }, caller), {
    code: 'request.invalid',
    context: { pointer: '/body/input/idCard' },
  });
});
