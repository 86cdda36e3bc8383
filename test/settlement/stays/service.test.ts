import t from 'tap';
import { caller } from '../parts.ts';
import {
  ADMITTED_AT,
  admittedStay,
  charges,
  discharge,
  NUMBER,
  request,
  sampleStay,
  settleWard,
  wardWorld,
} from './parts.ts';

const STAY = 'stay-1';

t.test(
  'the same line twice: identical it is a repeat, otherwise an error, and withdrawn it is used up',
  async (t) => {
    const { service, ward } = await admittedStay(t);
    await service.charge(request(STAY, 'a'), charges(1, 3));
    const repeated = await service.charge(request(STAY, 'b'), charges(1, 3));
    t.equal(repeated.row.state, 'admitted');
    t.equal(ward.received.filter((infno) => infno === '2301').length, 1, 'nothing was sent again');
    await service.charge(request(STAY, 'c'), charges(2, 3));
    t.same([...ward.of(NUMBER)[0]!.lines.values()], ['L1', 'L2', 'L3', 'L4'], 'only what is new');

    const [first] = charges(1, 1);
    const changed = [{ ...first!, price: '5.00', count: '2' }];
    await t.rejects(service.charge(request(STAY, 'd'), changed), {
      code: 'stay.line-twice',
      context: { pointer: '/body/charges/0/line' },
    });
    await service.withdraw(request(STAY, 'e'), ['L1']);
    await t.rejects(service.charge(request(STAY, 'f'), charges(1, 1)), { code: 'stay.line-twice' });
    const twice = [...charges(9, 1), ...charges(9, 1)];
    await t.rejects(service.charge(request(STAY, 'g'), twice), {
      code: 'settlement.charges',
      context: { pointer: '/body/charges/1/line' },
    });
  },
);

t.test('a request that is repeated finds itself done', async (t) => {
  const { service, ward, gateway } = await admittedStay(t);
  await service.create(STAY, caller, async () => t.fail('asked again') as never);
  await service.discharge(request(STAY, 'out'), discharge);
  await service.discharge(request(STAY, 'out'), discharge);
  t.same(ward.received, ['2401', '2402']);
  await t.rejects(service.discharge(request(STAY, 'out-2'), discharge), { code: 'stay.state' });
  const { row } = await gateway.stays.ledger.get(STAY);
  await t.rejects(service.resume({ ...request(STAY, 'in'), version: row.version - 1 }), {
    code: 'request.version',
  });
  t.equal((await service.resume({ ...request(STAY, 'in'), version: row.version })).row.state, 'admitted');
});

t.test('what does not hold is refused before anything is sent', async (t) => {
  const { service, ward, gateway } = await admittedStay(t);
  const bad = [
    [{ amountFen: 11_00 }, '/body/charges/0/amount'],
    [{ amountFen: -10_00 }, '/body/charges/0/amount'],
    [{ price: '10.0000001' }, '/body/charges/0/price'],
    [{ count: '0.00001' }, '/body/charges/0/count'],
    [{ occurredAt: ADMITTED_AT - 1 }, '/body/charges/0/occurredAt'],
  ] as const;
  for (const [change, pointer] of bad) {
    const line = { ...charges(1, 1)[0]!, ...change };
    await t.rejects(service.charge(request(STAY, pointer), [line]), {
      code: 'settlement.charges',
      context: { pointer },
    });
  }
  const free = { ...charges(1, 1)[0]!, price: '0', amountFen: 0 };
  await t.rejects(service.charge(request(STAY, 'free'), [free]), { code: 'settlement.charges' });
  await t.rejects(service.withdraw(request(STAY, 'w'), ['L77']), {
    code: 'stay.unknown-line',
    context: { pointer: '/body/lines/0' },
  });
  const before = { ...discharge, at: ADMITTED_AT - 1 };
  await t.rejects(service.discharge(request(STAY, 'x'), before), {
    code: 'request.invalid',
    context: { pointer: '/body/at' },
  });
  t.same(ward.received, ['2401']);
  await t.rejects(gateway.stays.ledger.get('nobody'), { code: 'stay.not-found' });
});

t.test('a number has one live stay, until that is over', async (t) => {
  const { service } = await admittedStay(t);
  const again = () => service.create('stay-2', caller, async () => sampleStay());
  await t.rejects(again(), { code: 'stay.number-live', context: { facts: { stayId: STAY } } });
  await service.charge(request(STAY, 'charge'), charges(1, 1));
  await t.rejects(service.cancel(request(STAY, 'cancel')), { code: 'stay.has-charges' });
  await service.withdraw(request(STAY, 'withdraw'), ['L1']);
  t.equal((await service.cancel(request(STAY, 'cancel-2'))).row.state, 'cancelled');
  t.equal((await again()).row.state, 'admitted');
});

t.test(
  'an admission that is refused is over; one that was not sent is a draft that can be tried or given up',
  async (t) => {
    const world = await wardWorld(t);
    const { service } = world.start().stays;
    world.ward.say('2401', 'refuse', 'unreachable', 'turn-away');
    const create = (id: string) => service.create(id, caller, async () => sampleStay());
    const refused = await create('stay-1');
    t.match(refused.row, { state: 'failed', cause_code: 'insurer.refused', live: 0 });
    const unsent = await create('stay-2');
    t.match(unsent.row, { state: 'draft', cause_code: 'insurer.unreachable' });
    t.match((await service.admit(request('stay-2', 'admit'))).row, {
      state: 'draft',
      cause_code: 'insurer.gateway-refused',
    });
    t.equal((await service.admit(request('stay-2', 'admit-2'))).row.state, 'admitted');
    world.ward.say('2401', 'unreachable');
    await service.create('stay-3', caller, async () => sampleStay('ZY002'));
    t.equal((await service.abandon(request('stay-3', 'abandon'))).row.state, 'failed');
    const nowhere = service.create('stay-4', caller, async () => ({
      ...sampleStay('ZY3'),
      insurer: 'nobody',
    }));
    await t.rejects(nowhere, { code: 'insurer.not-found' });
  },
);

t.test('an insurer without a ward takes no stays', async (t) => {
  const world = await wardWorld(t);
  Object.defineProperty(world.insurer, 'stays', { value: undefined });
  const { service } = world.start().stays;
  await t.rejects(
    service.create('stay-1', caller, async () => sampleStay()),
    { code: 'stay.not-offered' },
  );
});

t.test(
  'charges that the insurer refuses leave their numbers free, and those before them where they are',
  async (t) => {
    const { service, ward, gateway } = await admittedStay(t);
    ward.say('2301', 'accept', 'refuse');
    const refused = await service.charge(request(STAY, 'a'), charges(1, 150));
    t.match(refused.row, { state: 'admitted', cause_code: 'insurer.refused' });
    t.equal((await gateway.stays.lines.free(STAY, 1_000)).length, 100);
    await service.charge(request(STAY, 'b'), charges(1, 150));
    t.equal((await gateway.stays.lines.free(STAY, 1_000)).length, 150);
    const serials = [...ward.of(NUMBER)[0]!.lines.keys()];
    t.equal(new Set(serials).size, 150);
    t.ok(Number(serials.at(-1)) > 150, 'no serial is given twice, not even one that was refused');
  },
);

t.test('what can be neither undone nor found needs a person, who says what they found', async (t) => {
  const world = await wardWorld(t);
  const gateway = world.start();
  const { service, ledger, lines } = gateway.stays;
  const state = async () => (await ledger.get(STAY)).row.state;
  world.ward.say('2401', 'lose-before');
  world.ward.knowsWords = false;
  await service.create(STAY, caller, async () => sampleStay());
  await settleWard(world, gateway);
  t.match((await ledger.get(STAY)).row, {
    state: 'needs-review',
    act: 'admit',
    cause_code: 'stay.undecided',
  });
  const note = '已与经办机构核对';
  await t.rejects(service.review(request(STAY, 'r0'), { found: 'done', note }), { code: 'request.invalid' });
  t.equal((await service.review(request(STAY, 'r1'), { found: 'not-done', note })).row.state, 'draft');
  await service.admit(request(STAY, 'admit'));

  world.ward.say('2301', 'accept', 'lose-after', 'refuse');
  world.ward.say('2302', 'refuse');
  await service.charge(request(STAY, 'charge'), charges(1, 250));
  await settleWard(world, gateway);
  t.equal(await state(), 'needs-review');
  const done = await service.review(request(STAY, 'r2'), { found: 'done', note });
  t.equal(done.row.state, 'admitted', 'and the rest of the charges went on');
  t.equal((await lines.free(STAY, 1_000)).length, 250);
  t.equal(world.ward.of(NUMBER)[0]?.lines.size, 250);

  world.ward.say('2302', 'lose-after', 'refuse');
  await service.withdraw(request(STAY, 'withdraw'), ['L1', 'L2']);
  await settleWard(world, gateway);
  t.equal(await state(), 'needs-review');
  await service.review(request(STAY, 'r3'), { found: 'not-done', note });
  t.equal((await lines.free(STAY, 1_000)).length, 250);
  const [latest] = await gateway.stays.archive.history(STAY);
  t.equal(ledger.seals.note(STAY, latest!.note!), note);
});

t.test('answers that keep getting lost call a person, after some tries', async (t) => {
  const { world, gateway, service, ward } = await admittedStay(t);
  ward.say('2402', ...Array<'lose-before'>(50).fill('lose-before'));
  await service.discharge(request(STAY, 'out'), discharge);
  await settleWard(world, gateway);
  t.equal((await gateway.stays.ledger.get(STAY)).row.state, 'needs-review');
  t.equal(ward.received.filter((infno) => infno === '2402').length, 7);
});

t.test('an insurer that is away for days is asked when it is back', async (t) => {
  const { world, gateway, service, ward } = await admittedStay(t);
  ward.say('2402', 'lose-before', ...Array<'unreachable'>(20).fill('unreachable'));
  await service.discharge(request(STAY, 'out'), discharge);
  await settleWard(world, gateway);
  t.equal((await gateway.stays.ledger.get(STAY)).row.state, 'discharged');
});

t.test('nothing of the person is told in events or in the clear on disk', async (t) => {
  const { gateway, store, service } = await admittedStay(t);
  await service.charge(request(STAY, 'charge'), charges(1, 1));
  const { identity } = sampleStay().stay;
  const tables = ['stays', 'stay_lines', 'stay_history'] as const;
  for (const table of tables) {
    const rows = await store.list<Record<string, unknown>>((db) => db.selectFrom(table).selectAll());
    t.ok(rows.length > 0);
    for (const value of rows.flatMap((row) => Object.values(row))) {
      const text = value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
      t.notOk(text.includes(identity.documentNumber) || text.includes(identity.name), table);
    }
  }
  const events = gateway.events.since(0).filter(({ type }) => type === 'stay.state');
  t.same(
    events.map(({ data }) => data.state),
    ['working', 'admitted', 'working', 'admitted'],
  );
});
