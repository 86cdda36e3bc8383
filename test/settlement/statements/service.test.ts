import t from 'tap';
import { temporaryStore } from '../../helper.ts';
import { DyingStore } from '../parts.ts';
import { compareMany } from './many.ts';
import { caller, DAY, newWorld } from './parts.ts';

const HOUR = 3_600_000;
const FOREIGN = 'H43010000001202603020900009999';

t.test('a further run replaces what is open, and keeps what is mended', async (t) => {
  const { start, virtual, clock } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  const [{ msgid } = { msgid: '' }] = virtual.ledger();
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: msgid });
  const first = await gateway.compare();
  await gateway.mend(first.id, 1);
  virtual.tamper({ act: 'overcharge', msgid, byFen: 100 });
  const second = await gateway.compare();
  t.equal(second.id, first.id, 'it is one statement, however often it is run');
  t.match(second, { run: 2, state: 'differs' });
  t.match(second.differences, [
    { n: 1, state: 'mended' },
    { n: 2, class: 'amounts-differ', state: 'open' },
  ]);
  virtual.tamper({ act: 'overcharge', msgid, byFen: -100 });
  const third = await gateway.compare();
  t.match(third, { run: 3, state: 'balanced' });
  t.equal(third.differences.length, 1, 'what is not found again is gone, but for what was mended');
  virtual.tamper({ act: 'revive', msgid: FOREIGN });
  clock.advance(60_000);
  t.match(await gateway.compare(), {
    state: 'differs',
    differences: [{ n: 1, state: 'mended', foundAgain: true }],
  });
});

t.test('a statement that could not be asked for whole is incomplete, and loses nothing', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });
  await gateway.compare();
  for (const [infno, kind, code] of [
    ['3201', 'refuse', 'insurer.refused'],
    ['3202', 'lose-answer', 'insurer.no-answer'],
    ['9102', 'truncate', 'insurer.no-answer'],
    ['9101', '401-before', 'insurer.gateway-refused'],
  ] as const) {
    virtual.misbehave({ infno, kind });
    const statement = await gateway.compare();
    t.match(statement, { state: 'incomplete', cause: { code } }, `${infno} ${kind}`);
    t.equal(statement.differences.length, 1);
  }
  t.match(await gateway.compare(), { state: 'differs' });
});

t.test('what the insurer gave no group is not taken for compared', async (t) => {
  const { start, insurer } = await newWorld(t);
  const settle = insurer.settle.bind(insurer);
  insurer.settle = async (...asked) => {
    const outcome = await settle(...asked);
    if (outcome.kind !== 'accepted') return outcome;
    const { statementGroup: _, ...value } = outcome.value;
    return { ...outcome, value };
  };
  const gateway = start();
  await gateway.settle('s-1');
  t.match(await gateway.compare(), { state: 'incomplete', cause: { code: 'statement.no-group' } });
});

t.test('the days that there are, and the insurers that compare', async (t) => {
  const { start } = await newWorld(t);
  const { statements } = start();
  const run = (insurer: string, period: string) => statements.service.run(insurer, period, caller);
  await t.rejects(run('nobody', DAY), { code: 'insurer.not-found' });
  for (const period of ['2026-03-03', '2026-04', '2026-02-30', '2026-13', '2026-00', 'x']) {
    await t.rejects(run('nhsa', period), { code: 'statement.period' }, period);
  }
  const without = await newWorld(t);
  Object.assign(without.insurer, { statements: undefined });
  await t.rejects(without.start().statements.service.run('nhsa', DAY, caller), {
    code: 'statement.unsupported',
  });
});

t.test('a settlement counts on the day of the platform’s clock, at midnight and at New Year', async (t) => {
  const { start, clock } = await newWorld(t, { at: '2026-12-31T23:59:59+08:00' });
  const gateway = start();
  await gateway.settle('last');
  clock.advance(2_000);
  await gateway.settle('first');
  await gateway.reverse('last');
  const day = async (period: string) => {
    const { state, totals } = await gateway.compare(period);
    return [
      state,
      ...totals.filter(({ ours }) => ours.count > 0).map(({ ours, late }) => [ours.total, late]),
    ];
  };
  t.same(await day('2026-12-31'), ['balanced', ['150.85', undefined]]);
  t.same(await day('2027-01-01'), [
    'balanced',
    ['150.85', undefined],
    ['-150.85', { count: 1, total: '-150.85' }],
  ]);
});

t.test('the day is the platform’s where its clock is not ours', async (t) => {
  const { start, clock } = await newWorld(t, { at: '2026-03-02T23:59:58+08:00', platformAheadMs: 3_000 });
  const gateway = start();
  await gateway.settle('s-1');
  clock.advance(HOUR);
  for (const [period, count] of [
    ['2026-03-02', 0],
    ['2026-03-03', 1],
  ] as const) {
    const { state, totals } = await gateway.compare(period);
    const ours = totals.reduce((sum, each) => sum + each.ours.count, 0);
    t.same([state, ours], ['balanced', count], period);
  }
});

t.test('a clock that is set back makes no second statement, and no second row', async (t) => {
  const { start, clock } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  const { id } = await gateway.compare();
  clock.advance(-2 * HOUR);
  await gateway.settle('s-2');
  t.match(await gateway.compare(), { id, run: 2, state: 'balanced' });
});

t.test('a month shows its days, what is open, and what was cleared before; then it is closed', async (t) => {
  const { start, virtual, clock } = await newWorld(t, { at: '2026-02-28T12:00:00+08:00' });
  const gateway = start();
  await gateway.settle('february');
  clock.advance(48 * HOUR);
  await gateway.reverse('february');
  await gateway.settle('march');
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger().at(-1)!.msgid });
  const day = await gateway.compare('2026-03-02');
  const early = await gateway.compare('2026-03');
  t.match(early, { state: 'differs', provisional: true });
  await t.rejects(gateway.statements.service.close(early.id, caller), { code: 'statement.period' });
  await t.rejects(gateway.statements.service.close(day.id, caller), { code: 'statement.period' });
  await t.rejects(gateway.statements.service.close('nobody', caller), { code: 'statement.not-found' });

  clock.advance(31 * 24 * HOUR);
  const month = await gateway.compare('2026-03');
  t.match(month, {
    state: 'differs',
    provisional: false,
    differences: [],
    open: [{ day: '2026-03-02', class: 'insurer-only', n: 1 }],
  });
  t.equal(month.days?.length, 31);
  t.match(month.days?.[1], { day: '2026-03-02', state: 'differs', statementId: day.id });
  t.notOk(month.days?.[2]?.state);
  const reversals = month.totals.find(({ refund, ours }) => refund && ours.count > 0);
  t.match(reversals, { balanced: true, ours: { total: '-150.85' }, late: { count: 1, total: '-150.85' } });

  await gateway.statements.service.close(month.id, caller);
  await gateway.statements.service.close(month.id, caller);
  t.match(await gateway.read(month.id), { closedBy: 'his', open: [{ n: 1 }] });
  await t.rejects(gateway.compare('2026-03'), { code: 'statement.closed' });
  await t.rejects(gateway.compare('2026-03-02'), { code: 'statement.closed' });
  t.match(await gateway.mend(day.id, 1), { state: 'mended' }, 'what was left open can be mended still');
  t.match(await gateway.read(month.id), { open: [] });
  // What was cleared in March and is reversed now counts in April.
  await gateway.reverse('march');
  const april = await gateway.compare('2026-04');
  t.match(
    april.totals.find(({ refund, ours }) => refund && ours.count > 0),
    {
      late: { count: 1, total: '-150.85' },
    },
  );
});

t.test('yesterday’s statement is made by itself, once, by one of several gateways', async (t) => {
  const { start, store, clock, virtual } = await newWorld(t, { at: '2026-03-02T12:00:00+08:00' });
  const gateways = [start(store, 'one', '06:30'), start(store, 'two', '06:30')] as const;
  const chores = async () => {
    await Promise.all(gateways.map(({ statements }) => statements.service.daily()));
    await Promise.all(gateways.map(({ statements }) => statements.service.idle()));
  };
  await gateways[0].settle('s-1');
  // Somebody has looked before the day was over: that is not the day's statement.
  await gateways[0].compare('2026-03-02');
  clock.advance(18 * HOUR);
  await chores();
  const of = async () =>
    (
      await gateways[0].statements.archive.list(
        { insurer: 'nhsa', from: '2026-03-01', to: '2026-03-31' },
        caller,
      )
    ).map(({ period, run, state, client }) => [period, run, state, client]);
  t.same(await of(), [['2026-03-02', 1, 'balanced', 'his']], 'not before its time');
  clock.advance(HOUR);
  virtual.misbehave({ infno: '3201', kind: '5xx-before' });
  await chores();
  t.same((await of())[0]?.slice(0, 3), ['2026-03-02', 2, 'incomplete']);
  await chores();
  t.same((await of())[0], ['2026-03-02', 3, 'balanced', 'gateway'], 'what was incomplete is tried again');
  await chores();
  t.equal((await of())[0]?.[1], 3, 'and once made, not again');
});

t.test('of callers who ask at once, one runs it', async (t) => {
  const { start } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  const runs = await Promise.all(
    Array.from({ length: 4 }, () => gateway.statements.service.run('nhsa', DAY, caller)),
  );
  await gateway.statements.service.idle();
  t.equal(new Set(runs.map(({ id }) => id)).size, 1);
  t.match(await gateway.read(runs[0]!.id), { run: 1, state: 'balanced' });
});

t.test('a run whose gateway died is told as interrupted, and run anew', async (t) => {
  for (let at = 1; ; at++) {
    const { start, store, clock, virtual } = await newWorld(t);
    const gateway = start();
    await gateway.settle('s-1');
    virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });
    const dying = new DyingStore(store, at, at % 2 === 0 ? 'before' : 'after');
    const died = await start(dying, 'dying')
      .statements.service.run('nhsa', DAY, caller)
      .then(({ finished }) => finished)
      .then(
        () => dying.dead,
        () => true,
      );
    if (!died) break;
    clock.advance(HOUR);
    const [row] = await gateway.statements.archive.list({ from: DAY, to: DAY }, caller);
    if (row && row.state === 'running') {
      t.match(await gateway.read(row.id), { state: 'incomplete', cause: { code: 'statement.interrupted' } });
    }
    const again = await gateway.compare();
    t.match(again, { state: 'differs' }, `write ${at}`);
    t.equal(again.differences.length, 1);
  }
});

t.test('ten thousand settlements of a day are compared a page at a time', async (t) => {
  await compareMany(t, await temporaryStore(t), 10_000);
});
