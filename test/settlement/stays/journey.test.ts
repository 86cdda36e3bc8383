import t from 'tap';
import { createNhsaInsurer } from '../../../adapters/insurers/nhsa/adapter.ts';
import { startVirtualInsurer } from '../../../src/sandbox/insurer/server.ts';
import type { NewSettlement } from '../../../src/settlement/service.ts';
import { configurationOf, SIGNING, specification } from '../../adapters/insurers/nhsa/helper.ts';
import { caller, newWorld, sampleBill } from '../parts.ts';
import { ADMITTED_AT, charges, discharge, request, sampleStay } from './parts.ts';

const STAY = 'stay-1';
const HOUR_MS = 3_600_000;

/** A gateway with the national adapter, and a virtual platform on the other side of the wire. */
async function hospital(t: { teardown(work: () => unknown): void }) {
  const world = await newWorld(t);
  const { store, clock } = world;
  const virtual = await startVirtualInsurer({ port: 0, specification, signing: SIGNING, clock });
  t.teardown(() => virtual.close());
  const insurer = createNhsaInsurer(configurationOf(virtual.url), {
    ...{ store, clock, specification },
    secret: SIGNING.secret,
  });
  t.teardown(() => insurer.close());
  const side = world.start(store, { insurers: [insurer] });
  const admit = (number?: string, id = STAY) =>
    side.stays.service.create(id, caller, async () => ({ ...sampleStay(number), insurer: 'nhsa' }));
  return { ...world, virtual, side, admit, stays: side.stays.service };
}

/** The settlement of the stay, as a HIS asks for it. */
function settlementOf(billNumber: string, setting: 'inpatient' | 'mid-stay', stayId = STAY): NewSettlement {
  const { bill } = sampleBill(billNumber);
  const visit = { ...bill.visit, medType: '2101' };
  return { insurers: ['nhsa'], stayId, bill: { ...bill, setting, visit, charges: [], diagnoses: [] } };
}

/** Charges of 10.00 each that are covered as a whole, on a day of the stay. */
function day(nth: number, count: number, first = nth * 1_000) {
  return charges(first, count).map((charge) => ({
    ...charge,
    nationalCode: 'XN02BEA1',
    occurredAt: ADMITTED_AT + nth * 24 * HOUR_MS + HOUR_MS,
  }));
}

t.test('a whole stay: three days, one of them settled midway, its end, and back again', async (t) => {
  const { side, stays, admit, virtual, clock } = await hospital(t);
  const { service } = side;
  const { row } = await admit();
  t.equal(row.state, 'admitted', String(row.cause_code));
  await stays.charge(request(STAY, 'day-0'), day(0, 30));
  await stays.charge(request(STAY, 'day-1'), day(1, 120));
  await stays.withdraw(request(STAY, 'mistake'), ['L1000', 'L1001']);

  // Midway: 148 lines, 100.00 deductible, 90 % of the rest.
  const midway = await service.create('s-mid', false, caller, async () => settlementOf('B-mid', 'mid-stay'));
  t.equal(midway.row.state, 'quoted', String(midway.row.cause_code));
  t.equal(midway.row.total_fen, 148_000);
  for (const [name, act] of Object.entries({
    charge: () => stays.charge(request(STAY, 'too-early'), day(2, 1)),
    discharge: () => stays.discharge(request(STAY, 'too-early'), discharge),
    change: () => stays.change(request(STAY, 'too-early'), { bed: '9' }),
  }))
    await t.rejects(act(), { code: 'stay.settling' }, `${name} while the stay is being settled`);
  const other = service.create('s-two', false, caller, async () => settlementOf('B-two', 'mid-stay'));
  await t.rejects(other, { code: /settlement.charges|stay.settling/ }, 'nor is it settled twice at once');
  const settled = await service.confirm({ id: 's-mid', act: 'confirm', caller });
  t.equal(settled.row.state, 'settled');
  t.equal(settled.legs[0]?.statement_group, '390|21|430100');

  await stays.charge(request(STAY, 'day-2'), day(2, 5));
  await t.rejects(stays.withdraw(request(STAY, 'settled'), ['L0']), { code: 'stay.line-settled' });
  const early = service.create('s-early', false, caller, async () => settlementOf('B-early', 'inpatient'));
  await t.rejects(early, { code: 'stay.state' }, 'the end comes after the discharge');
  clock.advance(48 * HOUR_MS);
  t.equal((await stays.discharge(request(STAY, 'discharge'), discharge)).row.state, 'discharged');
  const late = service.create('s-late', false, caller, async () => settlementOf('B-late', 'mid-stay'));
  await t.rejects(late, { code: 'stay.state' }, 'and then nothing is midway');
  const end = await service.create('s-end', true, caller, async () => settlementOf('B-end', 'inpatient'));
  t.equal(end.row.state, 'settled', String(end.row.cause_code));
  t.equal(end.row.total_fen, 5_000);
  t.same(
    virtual.ledger().map(({ transaction, medfeeFen, state }) => [transaction, medfeeFen, state]),
    [
      ['2304', 148_000, 'live'],
      ['2304', 5_000, 'live'],
    ],
  );

  await t.rejects(stays.charge(request(STAY, 'after'), day(2, 1, 9_000)), { code: 'stay.settled' });
  await t.rejects(stays.resume(request(STAY, 'after')), { code: 'stay.settled' });
  const reversed = await service.reverse({ id: 's-end', act: 'reverse', caller });
  t.equal(reversed.row.state, 'reversed', String(reversed.row.cause_code));
  await t.rejects(stays.charge(request(STAY, 'after-2'), day(2, 1, 9_000)), { code: 'stay.state' });
  t.equal((await stays.resume(request(STAY, 'resume'))).row.state, 'admitted');
  await stays.charge(request(STAY, 'forgotten'), day(2, 1, 9_000));
  await t.rejects(stays.cancel(request(STAY, 'cancel')), { code: 'stay.settled' });

  // What was freed by the reversal and what was forgotten are settled together.
  await stays.discharge(request(STAY, 'discharge-2'), discharge);
  const again = await service.create('s-again', true, caller, async () => settlementOf('B-end', 'inpatient'));
  t.equal(again.row.state, 'settled');
  t.equal(again.row.total_fen, 6_000);
  t.same(await side.audit.verify(), []);
});

t.test('a settlement that was given up gives its charges free', async (t) => {
  const { side, stays, admit } = await hospital(t);
  await admit();
  await stays.charge(request(STAY, 'day-0'), day(0, 3));
  await side.service.create('s-1', false, caller, async () => settlementOf('B-1', 'mid-stay'));
  await side.service.abandon({ id: 's-1', act: 'abandon', caller });
  await stays.withdraw(request(STAY, 'withdraw'), ['L2']);
  const next = await side.service.create('s-2', true, caller, async () => settlementOf('B-2', 'mid-stay'));
  t.equal(next.row.state, 'settled');
  t.equal(next.row.total_fen, 2_000);
});

t.test('a lost 2304 and a lost 2305 are undone by the gateway, which then does them again', async (t) => {
  const { side, stays, admit, virtual, clock } = await hospital(t);
  await admit();
  await stays.charge(request(STAY, 'day-0'), day(0, 3));
  virtual.misbehave({ infno: '2304', kind: 'lose-answer' });
  const lost = await side.service.create('s-1', true, caller, async () => settlementOf('B-1', 'mid-stay'));
  t.equal(lost.row.state, 'in-doubt');
  await t.rejects(stays.charge(request(STAY, 'more'), day(1, 1)), { code: 'stay.settling' });
  const workOff = async () => {
    clock.advance(60_000);
    await side.worker.runOnce();
    return (await side.service.get('s-1')).row.state;
  };
  t.equal(await workOff(), 'settled');
  virtual.misbehave({ infno: '2305', kind: 'rubbish' });
  await side.service.reverse({ id: 's-1', act: 'reverse', caller });
  t.equal(await workOff(), 'reversed');
  t.same(
    virtual.ledger().map(({ transaction, state }) => [transaction, state]),
    [
      ['2304', 'undone'],
      ['2304', 'reversed'],
      ['2305', 'undone'],
      ['2305', 'reversal'],
    ],
  );
});

for (const kind of ['lose-request', 'lose-answer', 'rubbish', '5xx-after', 'system-error'] as const) {
  t.test(`a 2401, a 2301, a 2402, a 2405 and a 2404 met with ${kind} come right by themselves`, async (t) => {
    const { side, stays, admit, virtual, clock } = await hospital(t);
    const workOff = async () => {
      clock.advance(60_000);
      await side.stays.worker.runOnce();
      return (await side.stays.ledger.get(STAY)).row.state;
    };
    const lose = (infno: string) => virtual.misbehave({ infno, kind });
    lose('2401');
    t.equal((await admit()).row.state, 'in-doubt');
    t.equal(await workOff(), 'admitted');
    lose('2301');
    const charged = await stays.charge(request(STAY, 'charge'), day(0, 150));
    t.equal(charged.row.state, 'in-doubt');
    t.equal(await workOff(), 'admitted');
    const free = await side.stays.lines.free(STAY, 1_000);
    t.equal(free.length, 150, 'what was promised with 202 is there in the end');
    lose('2302');
    await stays.withdraw(request(STAY, 'withdraw'), ['L0']);
    t.equal(await workOff(), 'admitted');
    lose('2403');
    await stays.change(request(STAY, 'change'), { bed: '9' });
    t.equal(await workOff(), 'admitted');
    lose('2402');
    await stays.discharge(request(STAY, 'discharge'), discharge);
    t.equal(await workOff(), 'discharged');
    const end = await side.service.create('s-1', true, caller, async () => settlementOf('B-1', 'inpatient'));
    t.equal(end.row.state, 'settled', 'and the platform has the very same charges');
    t.equal(end.row.total_fen, 149_000);
    await side.service.reverse({ id: 's-1', act: 'reverse', caller });
    lose('2405');
    await stays.resume(request(STAY, 'resume'));
    t.equal(await workOff(), 'admitted');
    const lines = free.map(({ line }) => line).filter((line) => line !== 'L0');
    await stays.withdraw(request(STAY, 'rest-1'), lines.slice(0, 100));
    await stays.withdraw(request(STAY, 'rest-2'), lines.slice(100));
    lose('2404');
    await stays.cancel(request(STAY, 'cancel'));
    t.equal(await workOff(), 'cancelled');
    const next = await admit('ZY001', 'stay-2');
    t.equal(next.row.state, 'admitted', 'nothing of it is left in the ward');
  });
}

t.test('ten thousand charges go in a hundred batches, and are settled as one bill', async (t) => {
  const { side, stays, admit, virtual } = await hospital(t);
  await admit();
  const many = charges(0, 10_000).map((charge) => ({ ...charge, nationalCode: 'XN02BEA1' }));
  const charged = await stays.charge(request(STAY, 'many'), many);
  t.equal(charged.row.state, 'admitted', String(charged.row.cause_code));
  const sums = await side.stays.lines.sums(STAY);
  t.match(sums, [{ state: 'there', free: 1, lines: 10_000, total: 10_000_000, undivided: 0 }]);
  await t.rejects(stays.charge(request(STAY, 'one-more'), day(9, 1, 99_000)), { code: 'stay.full' });
  const { row } = await side.service.create('s-1', true, caller, async () => settlementOf('B-1', 'mid-stay'));
  t.equal(row.state, 'settled', String(row.cause_code));
  t.equal(virtual.ledger()[0]?.medfeeFen, 10_000_000);
});
