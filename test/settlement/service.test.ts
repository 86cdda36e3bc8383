import t, { type Test } from 'tap';
import { currentLeg } from '../../src/settlement/legs.ts';
import type { State } from '../../src/settlement/machine.ts';
import type { Behaviour } from './fake.ts';
import { BILL, caller, newWorld, sampleBill, settleDown } from './parts.ts';

const act = (id: string, name: string) => ({ id, act: `${id} ${name}`, caller });

async function created(t: Test, confirm = false) {
  const world = await newWorld(t);
  const gateway = world.start();
  const settlement = await gateway.service.create('s-1', confirm, caller, async () => sampleBill());
  return { world, gateway, settlement, insurer: world.insurer };
}

t.test('a bill is quoted, settled and reversed', async (t) => {
  const { gateway, settlement, insurer } = await created(t);
  t.equal(settlement.row.state, 'quoted');
  t.equal(settlement.row.cash_fen, 4_92);
  t.same(insurer.live(BILL), [], 'a quote moves no money');
  const settled = await gateway.service.confirm(act('s-1', 'confirm'));
  t.equal(settled.row.state, 'settled');
  t.equal(currentLeg(settled).number, insurer.live(BILL)[0]?.number);
  const reversed = await gateway.service.reverse(act('s-1', 'reverse'));
  t.equal(reversed.row.state, 'reversed');
  t.same(insurer.live(BILL), []);
  const events = (await gateway.archive.history('s-1')).map((entry) => entry.event);
  t.same(events, ['create', 'quote-accepted', 'confirm', 'accepted', 'reverse', 'accepted']);
  t.same(await gateway.audit.verify(), []);
});

t.test('with confirm, a bill goes straight on to settled', async (t) => {
  const { settlement, insurer } = await created(t, true);
  t.equal(settlement.row.state, 'settled');
  t.equal(insurer.live(BILL).length, 1);
});

t.test('what becomes of a quote', async (t) => {
  const cases: [Behaviour, State, string][] = [
    ['refuse', 'failed', 'insurer.refused'],
    ['lose-before', 'draft', 'insurer.no-answer'],
    ['lose-after', 'draft', 'insurer.no-answer'],
    ['rubbish-after', 'draft', 'insurer.no-answer'],
    ['misjudge', 'draft', 'insurer.no-answer'],
    ['throw', 'draft', 'insurer.no-answer'],
    ['unreachable', 'draft', 'insurer.unreachable'],
    ['turn-away', 'draft', 'insurer.gateway-refused'],
  ];
  for (const [behaviour, state, cause] of cases) {
    for (const transaction of ['2201', '2206']) {
      const world = await newWorld(t);
      world.insurer.say(transaction, behaviour);
      const gateway = world.start();
      const { row } = await gateway.service.create('s-1', true, caller, async () => sampleBill());
      t.equal(row.state, state, `${transaction} ${behaviour}`);
      t.equal(row.cause_code, cause, `${transaction} ${behaviour}`);
      t.equal(row.next_check_at, null);
      if (state === 'draft') {
        const again = await gateway.service.quote(act('s-1', 'quote'));
        t.equal(again.row.state, 'quoted', 'and it can be asked again');
        t.equal(again.row.cause_code, null);
        t.equal(again.row.attempt, 2);
      }
      t.same(world.insurer.live(BILL), []);
    }
  }
});

t.test('what becomes of a settling at once, and after the worker has looked', async (t) => {
  const cases: [Behaviour, State, string | null, State, number][] = [
    ['accept', 'settled', null, 'settled', 1],
    ['refuse', 'failed', 'insurer.refused', 'failed', 0],
    ['unreachable', 'quoted', 'insurer.unreachable', 'quoted', 0],
    ['fault', 'quoted', 'settlement.choose-insurance', 'quoted', 0],
    ['turn-away', 'quoted', 'insurer.gateway-refused', 'quoted', 0],
    // Undone by our own id, then settled again for the person who is still waiting.
    ['lose-after', 'in-doubt', 'insurer.no-answer', 'settled', 1],
    ['rubbish-after', 'in-doubt', 'insurer.no-answer', 'settled', 1],
    ['misjudge', 'in-doubt', 'insurer.no-answer', 'settled', 1],
    // The insurer refuses to undo what it never saw, which proves nothing.
    ['lose-before', 'in-doubt', 'insurer.no-answer', 'needs-review', 0],
    ['throw', 'in-doubt', 'insurer.no-answer', 'needs-review', 0],
    ['differ', 'needs-review', 'settlement.amounts-changed', 'needs-review', 1],
    ['faulty', 'needs-review', 'settlement.amounts-wrong', 'needs-review', 1],
  ];
  for (const [behaviour, state, cause, finally_, live] of cases) {
    const { world, gateway, insurer } = await created(t);
    insurer.say('2207', behaviour);
    const { row } = await gateway.service.confirm(act('s-1', 'confirm'));
    t.equal(row.state, state, behaviour);
    t.equal(row.cause_code, cause, behaviour);
    t.equal(row.doubt_of, state === 'in-doubt' ? 'settle' : null);
    world.clock.advance(10_000);
    await gateway.worker.runOnce();
    t.equal((await gateway.service.get('s-1')).row.state, finally_, behaviour);
    t.equal(insurer.live(BILL).length, live, behaviour);
    t.same(insurer.doubled, []);
  }
});

t.test('what becomes of a reversal at once, and after the worker has looked', async (t) => {
  const cases: [Behaviour, State, string | null, State, number][] = [
    ['refuse', 'settled', 'insurer.refused', 'settled', 1],
    ['unreachable', 'settled', 'insurer.unreachable', 'settled', 1],
    ['turn-away', 'settled', 'insurer.gateway-refused', 'settled', 1],
    ['lose-after', 'in-doubt', 'insurer.no-answer', 'reversed', 0],
    ['rubbish-after', 'in-doubt', 'insurer.no-answer', 'reversed', 0],
    ['lose-before', 'in-doubt', 'insurer.no-answer', 'needs-review', 1],
    ['faulty', 'needs-review', 'settlement.amounts-wrong', 'needs-review', 0],
  ];
  for (const [behaviour, state, cause, finally_, live] of cases) {
    const { world, gateway, insurer } = await created(t, true);
    insurer.say('2208', behaviour);
    const { row } = await gateway.service.reverse(act('s-1', 'reverse'));
    t.equal(row.state, state, behaviour);
    t.equal(row.cause_code, cause, behaviour);
    world.clock.advance(10_000);
    await gateway.worker.runOnce();
    t.equal((await gateway.service.get('s-1')).row.state, finally_, behaviour);
    t.equal(insurer.live(BILL).length, live, behaviour);
  }
});

t.test('a lost settling is not settled again for a person who has left', async (t) => {
  const { world, gateway, insurer } = await created(t);
  insurer.say('2207', 'lose-after');
  await gateway.service.confirm(act('s-1', 'confirm'));
  world.clock.advance(15 * 60_000);
  await gateway.worker.runOnce();
  const { row } = await gateway.service.get('s-1');
  t.equal(row.state, 'quoted');
  t.equal(row.cause_code, 'settlement.undone');
  t.same(insurer.live(BILL), []);
  const again = await gateway.service.confirm(act('s-1', 'confirm again'));
  t.equal(again.row.state, 'settled');
});

t.test('an outage keeps a doubt open for as long as it lasts; lost tries end it with a person', async (t) => {
  const outage = await created(t);
  outage.insurer.say('2207', 'lose-after');
  outage.insurer.say('2601', ...Array<Behaviour>(30).fill('unreachable'));
  await outage.gateway.service.confirm(act('s-1', 'confirm'));
  await settleDown(outage.world, outage.gateway);
  t.equal((await outage.gateway.service.get('s-1')).row.state, 'quoted', 'undone when the line was back');
  t.same(outage.insurer.live(BILL), []);

  const lost = await created(t);
  lost.insurer.say('2207', 'lose-after');
  lost.insurer.say('2601', ...Array<Behaviour>(30).fill('lose-before'));
  await lost.gateway.service.confirm(act('s-1', 'confirm'));
  await settleDown(lost.world, lost.gateway);
  const { row } = await lost.gateway.service.get('s-1');
  t.equal(row.state, 'needs-review');
  t.equal(row.doubt_of, 'settle');
  t.equal(lost.insurer.received.filter((transaction) => transaction === '2601').length, 6);
  t.equal(lost.insurer.received.filter((transaction) => transaction === '2207').length, 1);
});

t.test('answers that keep getting lost do not make the gateway settle for ever', async (t) => {
  const { world, gateway, insurer } = await created(t);
  insurer.say('2207', ...Array<Behaviour>(100).fill('lose-after'));
  await gateway.service.confirm(act('s-1', 'confirm'));
  await gateway.worker.runOnce();
  for (let second = 0; second < 2_000; second += 20) {
    world.clock.advance(20_000);
    await gateway.worker.runOnce();
  }
  const { row } = await gateway.service.get('s-1');
  t.equal(row.state, 'quoted');
  t.same(insurer.live(BILL), []);
  t.ok(insurer.received.filter((transaction) => transaction === '2207').length <= 6);
});

t.test('an insurer that offers no way out of doubt needs a person at once', async (t) => {
  const { world, gateway, insurer } = await created(t);
  insurer.reversible = ['2401'];
  insurer.say('2207', 'lose-after');
  await gateway.service.confirm(act('s-1', 'confirm'));
  world.clock.advance(10_000);
  await gateway.worker.runOnce();
  t.equal((await gateway.service.get('s-1')).row.state, 'needs-review');
  t.notOk(insurer.received.includes('2601'));
});

t.test('a person ends a review, with a note that is kept', async (t) => {
  for (const [found, state] of [
    ['settled', 'settled'],
    ['not-settled', 'failed'],
    ['reversed', 'reversed'],
  ] as const) {
    const { world, gateway, insurer } = await created(t);
    insurer.say('2207', 'lose-before');
    await gateway.service.confirm(act('s-1', 'confirm'));
    world.clock.advance(10_000);
    await gateway.worker.runOnce();
    const review = { found, note: '已与经办机构核对' };
    if (found === 'settled') {
      await t.rejects(gateway.service.review(act('s-1', 'early'), review), { code: 'request.invalid' });
    }
    const done = await gateway.service.review(act('s-1', 'review'), { ...review, number: 'S77' });
    t.equal(done.row.state, state);
    t.equal(currentLeg(done).number, found === 'settled' ? 'S77' : null);
    const last = (await gateway.archive.history('s-1')).at(-1);
    t.equal(gateway.ledger.seals.note('s-1', last!.note!), review.note);
  }
});

t.test('amounts that differ are kept for the reviewer, who may take them', async (t) => {
  const { gateway, insurer } = await created(t);
  insurer.say('2207', 'differ');
  await gateway.service.confirm(act('s-1', 'confirm'));
  const denied = gateway.service.review(act('s-1', 'denied'), { found: 'not-settled', note: '患者不同意' });
  await t.rejects(denied, { code: 'request.invalid', context: { pointer: '/body/found' } });
  t.equal(insurer.live(BILL).length, 1, 'or its bill could be settled once more');
  const done = await gateway.service.review(act('s-1', 'review'), { found: 'settled', note: '患者同意' });
  t.equal(done.row.state, 'settled');
  t.equal(done.row.cash_fen, 4_93);
  const reversed = await gateway.service.reverse(act('s-1', 'reverse'));
  t.equal(reversed.row.state, 'reversed');
});

t.test('of several who confirm at once, one settles', async (t) => {
  const { gateway, insurer } = await created(t);
  const confirms = ['a', 'b', 'c', 'd'].map((name) => gateway.service.confirm(act('s-1', name)));
  const results = await Promise.allSettled(confirms);
  t.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  for (const result of results) {
    if (result.status === 'rejected') t.match(result.reason, { code: 'settlement.state' });
  }
  t.equal(insurer.received.filter((transaction) => transaction === '2207').length, 1);
});

t.test('a repeated act finds itself done', async (t) => {
  const { gateway, insurer } = await created(t);
  await gateway.service.confirm(act('s-1', 'confirm'));
  t.equal((await gateway.service.confirm(act('s-1', 'confirm'))).row.state, 'settled');
  t.equal(insurer.received.filter((transaction) => transaction === '2207').length, 1);
});

t.test('a bill has one live settlement; when that is over it may have another', async (t) => {
  const { gateway, insurer } = await created(t);
  const second = () => gateway.service.create('s-2', true, caller, async () => sampleBill());
  await t.rejects(second(), { code: 'settlement.bill-live', context: { facts: { settlementId: 's-1' } } });
  await gateway.service.abandon(act('s-1', 'abandon'));
  t.equal((await second()).row.state, 'settled');
  t.equal(insurer.live(BILL).length, 1);
});

t.test('a step whose lease ran out does not end over the head of the next', async (t) => {
  const { world, gateway, insurer } = await created(t);
  // The gateway is stopped while the insurer settles; another one takes the doubt up and settles it.
  insurer.before = async (transaction) => {
    if (transaction !== '2207') return;
    insurer.before = () => undefined;
    const other = world.start();
    world.clock.advance(3_600_000);
    await other.worker.runOnce();
    t.equal((await other.service.get('s-1')).row.state, 'in-doubt');
  };
  const late = await gateway.service.confirm(act('s-1', 'confirm'));
  t.equal(late.row.state, 'in-doubt', 'the late answer is not taken');
  await settleDown(world, gateway);
  t.equal((await gateway.service.get('s-1')).row.state, 'quoted');
  t.same(insurer.live(BILL), []);
  t.same(insurer.doubled, []);
});

t.test('a step that another has followed sends nothing any more', async (t) => {
  for (const confirmedAgain of [false, true]) {
    const { world, gateway, insurer } = await created(t);
    // The gateway is stopped after it began to settle and before it sent; its next run finds that nothing was sent.
    insurer.asked = async (transaction) => {
      if (transaction !== '2207') return;
      insurer.asked = () => undefined;
      const other = world.start();
      await other.worker.takeOver();
      await other.worker.runOnce();
      const { row } = await other.service.get('s-1');
      t.equal(row.state, 'quoted');
      t.equal(row.cause_code, 'settlement.interrupted');
      if (confirmedAgain) await other.service.confirm(act('s-1', 'other'));
    };
    const late = await gateway.service.confirm(act('s-1', 'confirm'));
    t.equal(late.row.state, confirmedAgain ? 'settled' : 'quoted');
    t.equal(insurer.live(BILL).length, confirmedAgain ? 1 : 0);
    t.equal(insurer.received.filter((transaction) => transaction === '2207').length, confirmedAgain ? 1 : 0);
    t.same(insurer.doubled, []);
  }
});

t.test('an act on a version that is no more is refused', async (t) => {
  const { gateway, settlement } = await created(t);
  const stale = { ...act('s-1', 'confirm'), version: settlement.row.version - 1 };
  await t.rejects(gateway.service.confirm(stale), { code: 'request.version' });
  const fresh = await gateway.service.confirm({ ...stale, version: settlement.row.version });
  t.equal(fresh.row.state, 'settled');
});
