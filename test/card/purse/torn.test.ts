import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../../../src/errors.ts';
import type { PurseMisbehaviour } from '../../../src/sandbox/cards/purse.ts';
import { caller, INITIAL_FEN, newWorld, order, purseCard } from './world.ts';

const INIT = 0x50;
const DEBIT = 0x54;
const BEGIN_SAM = 0x70;
const CHECK_SAM = 0x72;
const PAID_FEN = INITIAL_FEN - 1_230;

const now = { timeoutMs: 0 };
const resolve = (id: string) => ({ transactionId: id, ...now });

t.test('a card pulled before anything was sent to it was not debited', async (t) => {
  const steps = [
    [0xa4, 'before', undefined],
    [0xb0, 'after', undefined],
    [INIT, 'before', 'not-debited'],
    [INIT, 'after', 'not-debited'],
  ] as const;
  for (const [ins, moment, state] of steps) {
    const { service, reader, card } = await newWorld(t);
    reader.slot.pull(ins, moment);
    await t.rejects(service.purchase('p-1', 'desk-1', order(), caller), { code: 'card.removed' });
    t.equal(card.balanceFen, INITIAL_FEN);
    if (state) t.match(await service.get('p-1', caller), { state, cause: 'card.removed' });
    reader.slot.lay(card);
    t.match(await service.purchase('p-2', 'desk-1', order(), caller), { state: 'debited' });
  }
});

t.test('between INITIALIZE and DEBIT the PSAM fails: nothing was debited', async (t) => {
  const { service, reader, card } = await newWorld(t);
  reader.sam.pull(BEGIN_SAM, 'after', { fault: new Fault('reader.silent'), stays: true });
  await t.rejects(service.purchase('p-1', 'desk-1', order(), caller), { code: 'reader.silent' });
  t.match(await service.get('p-1', caller), { state: 'not-debited' });
  t.equal(card.balanceFen, INITIAL_FEN);
});

for (const { moment, state, left } of [
  { moment: 'before', state: 'not-debited', left: INITIAL_FEN },
  { moment: 'after', state: 'debited', left: PAID_FEN },
] as const) {
  t.test(
    `a card pulled ${moment} DEBIT reached it is torn, and then, by its own word, ${state}`,
    async (t) => {
      const { service, reader, card } = await newWorld(t);
      reader.slot.pull(DEBIT, moment);
      t.match(await service.purchase('p-1', 'desk-1', order(), caller), {
        ...{ state: 'torn', cause: 'card.removed', balanceBefore: '100.00' },
        balanceAfter: undefined,
      });
      await t.rejects(service.resolve('desk-1', resolve('p-1'), caller), { code: 'card.none' });
      reader.slot.lay(card);
      t.match(await service.balance('desk-1', now, caller), { unresolved: 'p-1' });
      const ended = await service.resolve('desk-1', resolve('p-1'), caller);
      t.match(ended, { state, confirmedBy: 'log' });
      t.equal(ended.tac !== undefined, state === 'debited', 'the TAC comes from GET TRANSACTION PROVE');
      t.equal(card.balanceFen, left);
      t.match(await service.resolve('desk-1', resolve('p-1'), caller), ended, 'and stays so');
    },
  );

  t.test(
    `the answer to DEBIT is lost ${moment} it was executed and the card stays: asked at once`,
    async (t) => {
      const { service, reader, card } = await newWorld(t);
      reader.slot.pull(DEBIT, moment, { fault: new Fault('reader.silent'), stays: true });
      t.match(await service.purchase('p-1', 'desk-1', order(), caller), { state, confirmedBy: 'log' });
      t.equal(card.balanceFen, left);
    },
  );

  t.test(`a card that loses power ${moment} it has debited says so when it has power again`, async (t) => {
    const { service, card } = await newWorld(t);
    card.misbehave(`torn-${moment}`);
    t.match(await service.purchase('p-1', 'desk-1', order(), caller), { state, cause: 'reader.protocol' });
    t.equal(card.balanceFen, left);
  });
}

t.test('another card laid down does not speak for the torn one', async (t) => {
  const { service, reader, card } = await newWorld(t);
  reader.slot.pull(DEBIT, 'after');
  await service.purchase('p-1', 'desk-1', order(), caller);
  const other = purseCard({ serial: '2016122100001004' });
  reader.slot.lay(other);
  await t.rejects(service.resolve('desk-1', resolve('p-1'), caller), { code: 'purse.other-card' });
  t.match(await service.get('p-1', caller), { state: 'torn' });
  t.match(await service.purchase('p-2', 'desk-1', order(), caller), { state: 'debited' }, 'and is its own');
  t.equal(other.balanceFen, PAID_FEN);
  t.equal(card.balanceFen, PAID_FEN);
});

t.test('another card put in while the torn one is asked at once leaves it torn', async (t) => {
  const { service, reader } = await newWorld(t);
  reader.slot.pull(DEBIT, 'after', { stays: true });
  const powerOn = reader.slot.powerOn.bind(reader.slot);
  let powered = 0;
  reader.slot.powerOn = () => {
    if (++powered === 2) reader.slot.lay(purseCard({ serial: '2016122100001004' }));
    return powerOn();
  };
  t.match(await service.purchase('p-1', 'desk-1', order(), caller), { state: 'torn' });
});

t.test('a card with a torn purchase is not debited again before it is told what became of it', async (t) => {
  const taken = await newWorld(t);
  taken.reader.slot.pull(DEBIT, 'after');
  await taken.service.purchase('p-1', 'desk-1', order(), caller);
  taken.reader.slot.lay(taken.card);
  await t.rejects(
    taken.service.purchase('p-2', 'desk-1', order(), caller),
    { code: 'purse.torn', context: { facts: { transactionId: 'p-1', state: 'debited' } } },
    'the same payment may be meant',
  );
  t.equal(taken.card.balanceFen, PAID_FEN);
  t.match(await taken.service.purchase('p-3', 'desk-1', order(), caller), { state: 'debited' }, 'now it may');

  const untaken = await newWorld(t);
  untaken.reader.slot.pull(DEBIT, 'before');
  await untaken.service.purchase('p-1', 'desk-1', order(), caller);
  untaken.reader.slot.lay(untaken.card);
  t.match(await untaken.service.purchase('p-2', 'desk-1', order(), caller), { state: 'debited' });
  t.match(await untaken.service.get('p-1', caller), { state: 'not-debited' });
  t.equal(untaken.card.balanceFen, PAID_FEN);
});

t.test('a wrong MAC2 is for a person, whose word ends it', async (t) => {
  const { service, card, audit } = await newWorld(t);
  card.misbehave('wrong-mac2');
  const distrusted = await service.purchase('p-1', 'desk-1', order(), caller);
  t.match(distrusted, { state: 'needs-review', cause: 'card.authentication', tac: /^[0-9A-F]{8}$/ });
  t.match(await service.resolve('desk-1', resolve('p-1'), caller), { state: 'needs-review' });
  const review = { outcome: 'executed', note: 'the issuer has cleared it' } as const;
  t.match(await service.review('p-1', review, caller), { state: 'debited', confirmedBy: 'person' });
  await t.rejects(service.review('p-1', review, caller), { code: 'purse.state' });
  t.same(await audit.verify(), []);
});

t.test('a PSAM that does not check MAC2 leaves the word to the card’s log', async (t) => {
  const refusing = await newWorld(t);
  refusing.psam.refuseCredit();
  t.match(await refusing.service.purchase('p-1', 'desk-1', order(), caller), {
    ...{ state: 'debited', confirmedBy: 'log', cause: 'purse.refused' },
    tac: /^[0-9A-F]{8}$/,
  });
  const silent = await newWorld(t);
  silent.reader.sam.pull(CHECK_SAM, 'before');
  t.match(await silent.service.purchase('p-1', 'desk-1', order(), caller), {
    ...{ state: 'debited', confirmedBy: 'log', cause: 'reader.unsupported' },
  });
});

t.test('a card that tells too little needs a person, or has told enough by its number alone', async (t) => {
  const cases = [
    { moment: 'after', profile: { logs: false }, state: 'needs-review' },
    { moment: 'before', profile: { logs: false }, state: 'not-debited' },
    { moment: 'after', profile: { logsNumberAfter: true }, state: 'debited' },
    { moment: 'after', profile: { proves: false }, state: 'debited' },
  ] as const;
  for (const { moment, profile, state } of cases) {
    const { service, reader } = await newWorld(t);
    const card = purseCard(profile);
    reader.slot.lay(card);
    reader.slot.pull(DEBIT, moment, { stays: true });
    const ended = await service.purchase('p-1', 'desk-1', order(), caller);
    t.equal(ended.state, state, JSON.stringify({ moment, ...profile }));
    if ('proves' in profile) t.equal(ended.tac, undefined, 'no TAC to be had');
  }
});

t.test('a torn purchase whose card never comes back is ended by a person', async (t) => {
  const { service, reader } = await newWorld(t);
  reader.slot.pull(DEBIT, 'before');
  await service.purchase('p-1', 'desk-1', order(), caller);
  const review = { outcome: 'not-executed', note: 'paid in cash' } as const;
  t.match(await service.review('p-1', review, caller), { state: 'not-debited', confirmedBy: 'person' });
});

t.test('killed before any of its writes, a purchase is ended by the next start and the card', async (t) => {
  // create, send, the TAC, done: the writes of a purchase.
  const ends: Record<number, string | undefined> = {
    0: undefined,
    1: 'not-debited',
    2: 'debited',
    3: 'debited',
  };
  for (const [writes, state] of Object.entries(ends)) {
    const world = await newWorld(t);
    world.store.writesLeft = Number(writes);
    await t.rejects(world.service.purchase('p-1', 'desk-1', order(), caller), { code: 'gateway.store' });
    const { service } = await world.start();
    await service.recover();
    if (state === undefined) {
      await t.rejects(service.get('p-1', caller), { code: 'purse.not-found' }, 'nothing was begun');
      t.equal(world.card.balanceFen, INITIAL_FEN);
      continue;
    }
    const recovered = await service.get('p-1', caller);
    t.equal(recovered.state, state === 'debited' ? 'torn' : state, `after ${writes} writes`);
    const repeated = await service.purchase('p-1', 'desk-1', order(), caller);
    t.equal(repeated.state, recovered.state, 'a repeat does not debit');
    t.equal((await service.resolve('desk-1', resolve('p-1'), caller)).state, state);
    t.equal(world.card.balanceFen, state === 'debited' ? PAID_FEN : INITIAL_FEN);
  }
});

t.test('a repeat after the death finds what was sent torn, even without the recovery', async (t) => {
  const world = await newWorld(t);
  world.store.writesLeft = 2;
  await t.rejects(world.service.purchase('p-1', 'desk-1', order(), caller));
  const { service } = await world.start();
  t.match(await service.purchase('p-1', 'desk-1', order(), caller), { state: 'torn' });
  t.equal(world.card.balanceFen, PAID_FEN);
});

t.test('given up in the moment in which it is sent, a purchase is torn and no failure', async (t) => {
  const { service, store, reader, card } = await newWorld(t);
  const write = store.write.bind(store);
  const sending = Promise.withResolvers<void>();
  const sent = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  let writes = 0;
  store.write = async (work) => {
    writes += 1;
    // The second write is that it is sent: the line goes while it is made.
    if (writes === 2) {
      reader.lose();
      await sending.promise;
      const value = await write(work);
      sent.resolve();
      return value;
    }
    // The third would be that it was given up, which comes too late.
    if (writes === 3) {
      sending.resolve();
      await sent.promise;
    }
    // The fourth is what the card answered to DEBIT, which comes too late as well: by the fifth it is torn.
    if (writes === 4) await told.promise;
    const value = await write(work);
    if (writes === 5) told.resolve();
    return value;
  };
  t.match(await service.purchase('p-1', 'desk-1', order(), caller), { state: 'torn' });
  t.equal(card.balanceFen, PAID_FEN, 'the card has paid');
});

t.test('whatever is torn wherever: no fen is lost and none is taken twice', async (t) => {
  const slotPull = fc.record({
    ins: fc.constantFrom(0xa4, 0xb0, INIT, DEBIT, DEBIT, DEBIT, 0xc0),
    moment: fc.constantFrom('before' as const, 'after' as const),
    stays: fc.boolean(),
  });
  const step = fc.record({
    amountFen: fc.integer({ min: 1, max: 2_000 }),
    pulls: fc.array(slotPull, { maxLength: 2 }),
    card: fc.option(fc.constantFrom<PurseMisbehaviour>('torn-before', 'torn-after')),
    psamRefuses: fc.boolean(),
    writesLeft: fc.option(fc.integer({ min: 0, max: 6 })),
  });
  const property = fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      const world = await newWorld(t);
      let { service, store } = world;
      for (const [at, { amountFen, pulls, card, psamRefuses, writesLeft }] of steps.entries()) {
        for (const { ins, moment, stays } of pulls) world.reader.slot.pull(ins, moment, { stays });
        if (card) world.card.misbehave(card);
        if (psamRefuses) world.psam.refuseCredit();
        store.writesLeft = writesLeft ?? Number.POSITIVE_INFINITY;
        const amount = (amountFen / 100).toFixed(2);
        await service.purchase(`p-${at}`, 'desk-1', order(amount), caller).catch(expected);
        world.clock.advance(1_000);
        world.reader.slot.lay(world.card);
        if (writesLeft !== null) {
          ({ service, store } = await world.start());
          await service.recover();
        }
      }
      world.reader.slot.calm();
      world.card.calm();
      for (const { id } of (await service.list({ state: 'torn' }, caller)).items) {
        await service.resolve('desk-1', resolve(id), caller);
      }
      const { items } = await service.list({ limit: 100 }, caller);
      const states = new Set(items.map(({ state }) => state));
      for (const state of states) if (!ENDS.has(state)) throw new Error(`one ended ${state}`);
      const paidFen = items
        .filter(({ state }) => state === 'debited')
        .reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
      return world.card.balanceFen + paidFen === INITIAL_FEN;
    }),
    { numRuns: 25 },
  );
  await t.resolves(property);
});

const ENDS = new Set(['debited', 'not-debited', 'refused']);

/** Every failure of a purchase is a fault. */
function expected(error: unknown): void {
  if (!(error instanceof Fault)) throw error;
}
