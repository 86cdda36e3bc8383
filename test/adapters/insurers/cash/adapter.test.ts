import t from 'tap';
import { createCashPayer } from '../../../../adapters/insurers/cash/adapter.ts';
import { BILL, caller, DyingStore, newWorld, sampleBill, settleDown } from '../../../settlement/parts.ts';

const act = (name: string) => ({ id: 's-1', act: name, caller });

async function till(t: Parameters<typeof newWorld>[0]) {
  const world = await newWorld(t);
  const cash = createCashPayer({ id: 'cash', adapter: 'cash' }, world.clock);
  const start = (store = world.store) => world.start(store, { insurers: [world.insurer, cash] });
  const create = (gateway = start()) =>
    gateway.service.create('s-1', true, caller, async () => sampleBill(BILL, ['fake', 'cash']));
  return { world, start, create };
}

t.test('cash is recorded as it is received and as it is returned', async (t) => {
  const { start, create } = await till(t);
  const gateway = start();
  const settled = await create(gateway);
  t.match(settled.row, { state: 'settled', fund_fen: 615, account_fen: 123, paid_fen: 492, cash_fen: 0 });
  const reversed = await gateway.service.reverse(act('reverse'));
  t.equal(reversed.row.state, 'reversed');
  const own = (await gateway.archive.exchanges('s-1')).filter(({ insurer }) => insurer === 'cash');
  t.match(own, [
    { transaction: 'receive', effect: 'money', outcome: 'accepted' },
    { transaction: 'return', effect: 'money', outcome: 'accepted' },
  ]);
});

t.test('where the insurer refuses to be settled, no cash is received', async (t) => {
  const { world, start, create } = await till(t);
  world.insurer.say('2207', 'refuse');
  const gateway = start();
  const failed = await create(gateway);
  t.equal(failed.row.state, 'failed');
  t.notOk((await gateway.archive.exchanges('s-1')).some(({ insurer }) => insurer === 'cash'));
});

t.test('a gateway that dies at the till ends it once, all or nothing', async (t) => {
  for (let at = 1, more = true; more; at++) {
    const { world, start, create } = await till(t);
    world.insurer.provesAbsence = true;
    const dying = new DyingStore(world.store, at, 'after');
    await create(start(dying)).catch(() => undefined);
    more = dying.dead;
    const next = start();
    await next.worker.takeOver();
    await create(next).catch(() => undefined);
    await settleDown(world, next);
    const { row, legs } = await next.service.get('s-1');
    const live = world.insurer.live(BILL).length === 1;
    t.equal(live, row.state === 'settled', `write ${at}: ${row.state}`);
    t.equal(legs[1]?.state === 'settled', live, `write ${at}: the till agrees`);
  }
});

t.test('there is nothing to ask a till', async (t) => {
  const { start } = await till(t);
  const identity = { documentType: 'other', documentNumber: '1', name: '某' } as const;
  await t.rejects(start().inquiries.eligibility('cash', identity, undefined, caller), {
    code: 'insurer.unsupported',
  });
  await t.rejects(start().inquiries.transact('cash', '1101', { input: {} }, caller), {
    code: 'insurer.unknown-transaction',
  });
});
