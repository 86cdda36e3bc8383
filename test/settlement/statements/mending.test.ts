import t from 'tap';
import { DyingStore } from '../parts.ts';
import { type Gateway, listOf, newWorld, type World } from './parts.ts';

const FOREIGN = 'H43010000001202603020900009999';
const ELSEWHERE = 'H43010000001202603020900009998';

const lifeOf = (virtual: World['virtual'], msgid: string) =>
  virtual.ledger().find((row) => row.msgid === msgid)?.state;

/** A day that the insurer's ledger and ours tell differently, in one way. */
async function difference(gateway: Gateway) {
  const { id, differences } = await gateway.compare();
  const [one, ...more] = differences;
  if (!one || more.length > 0) throw new Error(`${differences.length} differences`);
  return { id, one };
}

t.test('what only the insurer has is undone there by two calls at once, once', async (t) => {
  const { start, virtual, store } = await newWorld(t);
  const gateways = [start(store, 'one'), start(store, 'two')] as const;
  await gateways[0].settle('s-1');
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });
  const { id, one } = await difference(gateways[0]);
  t.match(one, { class: 'insurer-only', act: 'undo-at-insurer', state: 'open', theirs: { ownId: FOREIGN } });
  const results = await Promise.allSettled(gateways.map((gateway) => gateway.mend(id, one.n)));
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const result of results) {
    if (result.status === 'rejected') t.match(result.reason, { code: 'statement.state' });
  }
  t.equal(lifeOf(virtual, FOREIGN), 'undone');
  t.match((await gateways[1].read(id)).differences, [{ state: 'mended', by: 'his' }]);
  await t.rejects(gateways[1].mend(id, one.n), { code: 'statement.state' }, 'and never again');
  const sent = await store.list<{ transaction: string }>((db) =>
    db.selectFrom('exchanges').select('transaction').where('transaction', '=', '2601'),
  );
  t.equal(sent.length, 1);
  t.equal((await gateways[0].service.get('s-1')).row.state, 'settled', 'our own stands');
  t.match(await gateways[0].compare(), { state: 'balanced', differences: [{ state: 'mended' }] });
});

t.test('the same request repeated finds it mended', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });
  const { id, one } = await difference(gateway);
  t.match(await gateway.mend(id, one.n, { act: 'a' }), { state: 'mended' });
  t.match(await gateway.mend(id, one.n, { act: 'a' }), { state: 'mended' });
});

t.test(
  'what is in doubt here and stands at the insurer is undone, and the bill can be settled',
  async (t) => {
    const { start, virtual, clock } = await newWorld(t);
    const gateway = start();
    virtual.misbehave({ infno: '2207', kind: 'lose-answer' });
    await gateway.settle('s-1');
    const before = await gateway.compare();
    t.match(before, {
      undecided: [{ settlementId: 's-1', state: 'in-doubt', transaction: '2207', total: '150.85' }],
      differences: [{ class: 'insurer-only', act: 'resolve-doubt', settlementId: 's-1' }],
    });
    t.match(
      await gateway.mend(before.id, 1),
      { state: 'open', reason: /may still come/ },
      'not before its answer can come no more',
    );
    clock.advance(20 * 60_000);
    t.match(await gateway.mend(before.id, 1), { state: 'mended' });
    t.equal((await gateway.service.get('s-1')).row.state, 'quoted');
    t.match(await gateway.compare(), { state: 'balanced', undecided: [] });
  },
);

t.test('a doubt that a person was called for is ended by undoing it, and recorded', async (t) => {
  const { start, virtual, clock } = await newWorld(t, { configuration: { reversible: ['2208'] } });
  const gateway = start();
  virtual.misbehave({ infno: '2207', kind: 'lose-answer' });
  await gateway.settle('s-1');
  for (let hour = 0; hour < 30; hour++) {
    await gateway.worker.runOnce();
    clock.advance(3_600_000);
  }
  const waiting = await gateway.service.get('s-1');
  t.match(waiting.row, { state: 'needs-review', cause_code: 'settlement.undecided' });
  t.match(gateway.ledger.seals.reason(waiting.row), /the insurer lists it, with 150.85/);
  const { id, one } = await difference(gateway);
  t.match(one, { class: 'insurer-only', act: 'resolve-doubt' });
  t.match(await gateway.mend(id, one.n), { state: 'mended', reason: /undone/ });
  t.match((await gateway.service.get('s-1')).row, { state: 'failed' });
  t.same(
    virtual.ledger().map(({ state }) => state),
    ['undone'],
  );
});

t.test('what only we have takes a person’s word, is made sure of, and is not settled any more', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  virtual.tamper({ act: 'forget', msgid: virtual.ledger()[0]!.msgid });
  const { id, one } = await difference(gateway);
  t.match(one, { class: 'ours-only', act: 'prove-absent', needsConfirmation: true });
  await t.rejects(gateway.mend(id, one.n), { code: 'statement.confirm' });
  t.equal((await gateway.service.get('s-1')).row.state, 'settled');
  t.match(await gateway.mend(id, one.n, { confirm: true }), { state: 'mended' });
  const after = await gateway.service.get('s-1');
  t.match(after, { row: { state: 'failed' }, legs: [{ live: 0, settled_at: null }] });
  t.match(
    (await gateway.archive.history('s-1')).slice(-2).map(({ event }) => event),
    ['disputed', 'review-not-settled'],
  );
  t.match(await gateway.compare(), { state: 'balanced' });
  t.equal((await gateway.settle('s-2', 's-1')).row.state, 'settled', 'its bill can be settled anew');
});

t.test('an answer that gets lost while it is made sure of leaves our ledger alone', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  virtual.tamper({ act: 'forget', msgid: virtual.ledger()[0]!.msgid });
  const { id, one } = await difference(gateway);
  virtual.misbehave({ infno: '2601', kind: 'lose-answer' });
  t.match(await gateway.mend(id, one.n, { confirm: true }), { state: 'failed' });
  t.equal((await gateway.service.get('s-1')).row.state, 'settled');
  t.match(await gateway.mend(id, one.n, { confirm: true }), { state: 'mended' });
});

t.test('a reversal that only the insurer has is recorded, once a person has said of what', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  await gateway.settle('s-2');
  virtual.tamper({ act: 'reverse', msgid: virtual.ledger()[0]!.msgid, as: ELSEWHERE });
  const { id, one } = await difference(gateway);
  t.match(one, { class: 'reversed-at-the-insurer-only', act: 'person', theirs: { total: '-150.85' } });
  t.match(await gateway.mend(id, one.n), { state: 'needs-person' });
  await t.rejects(gateway.mend(id, one.n, { settlementId: 'nobody' }), { code: 'request.invalid' });
  t.match(await gateway.mend(id, one.n, { settlementId: 's-1' }), { state: 'mended' });
  t.match(await gateway.service.get('s-1'), { row: { state: 'reversed' } });
  t.match(await gateway.compare(), { state: 'balanced', differences: [{ state: 'mended' }] });
  t.equal(virtual.ledger().length, 3, 'nothing more was sent');
});

t.test('a reversal that only we have is made at the insurer, and counts on the day it is', async (t) => {
  const { start, virtual, clock } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  await gateway.reverse('s-1');
  virtual.tamper({ act: 'forget', msgid: virtual.ledger()[1]!.msgid });
  virtual.tamper({ act: 'revive', msgid: virtual.ledger()[0]!.msgid });
  clock.advance(24 * 3_600_000);
  const { id, one } = await difference(gateway);
  t.match(one, { class: 'reversed-here-only', act: 'reverse-at-insurer', settlementId: 's-1', refund: true });
  t.match(await gateway.mend(id, one.n), { state: 'mended' });
  t.same(
    virtual.ledger().map(({ state }) => state),
    ['reversed', 'reversal'],
  );
  t.match(await gateway.compare(), { state: 'balanced' });
  const next = await gateway.compare('2026-03-03');
  t.match(next, { state: 'balanced' });
  t.match(
    next.totals.find(({ refund, ours }) => refund && ours.count > 0),
    { ours: { total: '-150.85' } },
  );
});

t.test('other amounts are for a person, who is shown both', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  virtual.tamper({ act: 'overcharge', msgid: virtual.ledger()[0]!.msgid, byFen: 1 });
  const { id, one } = await difference(gateway);
  t.match(await gateway.mend(id, one.n, { settlementId: 's-1' }), {
    ...{ state: 'needs-person', reason: '金额不一致' },
  });
  t.equal(virtual.ledger()[0]?.state, 'live', 'nothing is undone over it');
  const settlement = await gateway.service.get('s-1');
  t.match(settlement.row, { state: 'needs-review', cause_code: 'settlement.statement-differs' });
  const review = { id: 's-1', act: 'review', caller: { client: 'his', requestId: 'r' } };
  await gateway.service.review(review, { found: 'settled', note: '票据' });
  t.match(await gateway.mend(id, one.n, { confirm: true }), { state: 'mended' });
  t.equal((await gateway.service.get('s-1')).row.state, 'settled');
});

t.test('what the insurer refuses to undo stays to be mended', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });
  const { id, one } = await difference(gateway);
  virtual.misbehave({ infno: '2601', kind: 'refuse' });
  t.match(await gateway.mend(id, one.n), { state: 'failed', reason: /拒绝/ });
  virtual.misbehave({ infno: '2601', kind: '401-before' });
  t.match(await gateway.mend(id, one.n), { state: 'open', reason: /401/ });
  t.match(await gateway.mend(id, one.n), { state: 'mended' });
});

t.test(
  'a gateway that dies while it mends leaves it to be gone through with, never done twice',
  async (t) => {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; ; at++) {
        const { start, virtual, store, clock } = await newWorld(t);
        const gateway = start();
        await gateway.settle('s-1');
        virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });
        const { id, one } = await difference(gateway);
        const dying = new DyingStore(store, at, when);
        const failed = await start(dying, 'dying')
          .mend(id, one.n)
          .then(
            () => false,
            () => true,
          );
        if (!failed && !dying.dead) break;
        clock.advance(3_600_000);
        const { state } = (await gateway.read(id)).differences[0]!;
        if (state !== 'mended') {
          t.match(await gateway.mend(id, one.n), { state: 'mended' }, `${when} write ${at}`);
        }
        t.equal(lifeOf(virtual, FOREIGN), 'undone');
      }
    }
  },
);

t.test('by a list: what an insurer has twice for a bill that is live is for a person', async (t) => {
  const { start, virtual } = await newWorld(t, {
    statements: (virtual) => ({
      groups: [],
      daily: async () => ({
        kind: 'accepted',
        value: listOf(virtual),
        at: { exchangeId: '', transaction: 'MrdzMx', ownId: '' },
      }),
      undo: async () => {
        throw new Error('not to be undone');
      },
    }),
  });
  const gateway = start();
  await gateway.settle('s-1');
  t.match(await gateway.compare(), {
    state: 'balanced',
    totals: [{ theirs: { count: 1 } }, { theirs: { count: 0 } }],
  });
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });
  const { id, one } = await difference(gateway);
  t.match(await gateway.mend(id, one.n), { state: 'needs-person', reason: /live settlement s-1/ });
});
