import t from 'tap';
import { Fault } from '../../../src/errors.ts';
import { VirtualPursePsam } from '../../../src/sandbox/cards/purse-psam.ts';
import { caller, INITIAL_FEN, newWorld, order, purseCard, settings } from './world.ts';

const DEBIT = 0x54;

t.test('a purchase takes the amount, and says by what it is confirmed and cleared', async (t) => {
  const { service, card, events, audit } = await newWorld(t);
  const told: unknown[] = [];
  events.listen(({ type, subject, data }) => type === 'purse.state' && told.push([subject, data.state]));
  const paid = await service.purchase('p-1', 'desk-1', order(), caller);
  t.match(paid, {
    ...{ id: 'p-1', kind: 'purchase', state: 'debited', readerId: 'desk-1', amount: '12.30' },
    ...{ balanceBefore: '100.00', balanceAfter: '87.70', cardSerial: '2016122100001003', sequence: 0 },
    ...{ terminal: '001122334455', terminalSequence: 1, at: '20260302090000', confirmedBy: 'psam' },
    tac: /^[0-9A-F]{8}$/,
  });
  t.equal(card.balanceFen, INITIAL_FEN - 1_230);
  t.same(told, [
    ['p-1', 'prepared'],
    ['p-1', 'debiting'],
    ['p-1', 'debited'],
  ]);
  t.same(await service.get('p-1', caller), paid);
  t.same(await audit.verify(), []);
});

t.test('balance and log are the card’s own', async (t) => {
  const { service, clock } = await newWorld(t);
  await service.purchase('p-1', 'desk-1', order('1.00'), caller);
  clock.advance(60_000);
  await service.purchase('p-2', 'desk-1', order('2.00'), caller);
  const seen = await service.balance('desk-1', { timeoutMs: 0 }, caller);
  t.match(seen, {
    balance: '97.00',
    log: [
      { sequence: 1, amount: '2.00', type: '06', terminal: '001122334455', at: '20260302090100' },
      { sequence: 0, amount: '1.00', type: '06', terminal: '001122334455', at: '20260302090000' },
    ],
  });
  t.notOk('unresolved' in seen);
});

t.test('a repeat under the same id is answered as it stands, and the card is left alone', async (t) => {
  const { service, card, reader } = await newWorld(t);
  const first = await service.purchase('p-1', 'desk-1', order(), caller);
  const commands = reader.slot.instructions.length;
  t.same(await service.purchase('p-1', 'desk-1', order(), caller), first);
  t.equal(reader.slot.instructions.length, commands);
  t.equal(card.balanceFen, INITIAL_FEN - 1_230);
});

t.test('two purchases at once at one reader: the second finds it busy', async (t) => {
  const { service, card } = await newWorld(t);
  const [first, same, other] = await Promise.allSettled([
    service.purchase('p-1', 'desk-1', order(), caller),
    service.purchase('p-1', 'desk-1', order(), caller),
    service.purchase('p-2', 'desk-1', order(), caller),
  ]);
  t.match(first, { status: 'fulfilled', value: { state: 'debited' } });
  t.match(same, { status: 'rejected', reason: { code: 'request.running' } });
  t.match(other, { status: 'rejected', reason: { code: 'reader.busy' } });
  t.equal(card.balanceFen, INITIAL_FEN - 1_230);
});

t.test('too little in the purse is refused, and the card is free for the next', async (t) => {
  const { service, card } = await newWorld(t);
  await t.rejects(service.purchase('p-1', 'desk-1', order('100.01'), caller), {
    code: 'purse.balance',
    context: { facts: { sw: '9401' } },
  });
  t.match(await service.get('p-1', caller), { state: 'refused', cause: 'purse.balance' });
  t.match(await service.purchase('p-2', 'desk-1', order('100.00'), caller), { state: 'debited' });
  t.equal(card.balanceFen, 0);
});

t.test(
  'an amount that is none, or nothing, or more than a purse holds, is refused before the card',
  async (t) => {
    const { service, reader } = await newWorld(t);
    for (const amount of ['', '0.00', '-1.00', 'x', '1.234', '99999999.99']) {
      await t.rejects(service.purchase('p-1', 'desk-1', order(amount), caller), { code: 'request.invalid' });
    }
    t.same(reader.slot.instructions, []);
  },
);

t.test('a reader without purse, PSAM or terminal number can’t be paid at', async (t) => {
  const { service, reader } = await newWorld(t, { purse: { ...settings, psamSlot: 2 } });
  const refused = { code: 'reader.unsupported' };
  await t.rejects(service.purchase('p-1', 'desk-1', order(), caller), refused);
  await t.rejects(service.purchase('p-1', 'desk-9', order(), caller), { code: 'reader.not-found' });
  t.match(await service.balance('desk-1', { timeoutMs: 0 }, caller), { balance: '100.00' });
  const emptySlot = await newWorld(t);
  emptySlot.reader.sam.lay(undefined);
  await t.rejects(emptySlot.service.purchase('p-1', 'desk-1', order(), caller), refused);
  const named = await newWorld(t, { purse: { ...settings, psamApplication: 'DF01' } });
  await t.rejects(named.service.purchase('p-1', 'desk-1', order(), caller), refused);
  t.notOk(reader.slot.instructions.includes(DEBIT));
});

t.test('a PSAM that does not tell its terminal number has it from the configuration', async (t) => {
  const { service, reader } = await newWorld(t, { purse: { ...settings, terminal: '001122334455' } });
  reader.sam.lay(new VirtualPursePsam({}));
  const paid = await service.purchase('p-1', 'desk-1', order(), caller);
  t.match(paid, { state: 'debited', terminal: '001122334455' });
  const silent = await newWorld(t);
  silent.reader.sam.lay(new VirtualPursePsam({}));
  await t.rejects(silent.service.purchase('p-1', 'desk-1', order(), caller), { code: 'reader.unsupported' });
});

t.test('no card, a card without a purse, and a PSAM that goes away, each has its code', async (t) => {
  const { service, reader, card } = await newWorld(t);
  reader.slot.lay(undefined);
  await t.rejects(service.purchase('p-1', 'desk-1', order(), caller), { code: 'card.none' });
  await t.rejects(service.get('p-1', caller), { code: 'purse.not-found' }, 'nothing was begun');
  reader.slot.lay(purseCard({ application: 'D15600000599' }));
  await t.rejects(service.purchase('p-1', 'desk-1', order(), caller), { code: 'card.unknown' });
  reader.slot.lay(card);
  reader.sam.pull(0x70, 'before');
  await t.rejects(service.purchase('p-1', 'desk-1', order(), caller), { code: 'reader.unsupported' });
  t.match(await service.get('p-1', caller), { state: 'not-debited', cause: 'reader.unsupported' });
  t.equal(card.balanceFen, INITIAL_FEN);
});

t.test('nobody is debited who has gone away before the card was told', async (t) => {
  const { service, reader, card } = await newWorld(t);
  const gone = new AbortController();
  const transmit = reader.sam.transmit.bind(reader.sam);
  reader.sam.transmit = (command) => {
    gone.abort();
    return transmit(command);
  };
  await t.rejects(service.purchase('p-1', 'desk-1', order(), caller, gone.signal), { code: 'card.none' });
  t.match(await service.get('p-1', caller), { state: 'not-debited' });
  t.equal(card.balanceFen, INITIAL_FEN);
});

t.test('a purchase is listed by its state, page by page', async (t) => {
  const { service, reader } = await newWorld(t);
  for (const id of ['p-1', 'p-2', 'p-3']) await service.purchase(id, 'desk-1', order('1.00'), caller);
  reader.slot.pull(DEBIT, 'after');
  await service.purchase('p-4', 'desk-1', order('1.00'), caller);
  const ids = async (query: object) => (await service.list(query, caller)).items.map(({ id }) => id);
  t.same(await ids({ state: 'torn' }), ['p-4']);
  const page = await service.list({ limit: 3 }, caller);
  t.same(
    page.items.map(({ id }) => id),
    ['p-4', 'p-3', 'p-2'],
  );
  t.same(await ids({ after: page.next }), ['p-1']);
});

t.test('a reader that takes too long is given up, and the late answer debits nobody twice', async (t) => {
  const { service, reader, timers, card } = await newWorld(t);
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const transmit = reader.slot.transmit.bind(reader.slot);
  reader.slot.transmit = async (command) => {
    const answer = await transmit(command);
    if (command[1] !== DEBIT) return answer;
    begun.resolve();
    await held.promise;
    return answer;
  };
  const paying = service.purchase('p-1', 'desk-1', order(), caller);
  await begun.promise;
  await timers.advance(120_000);
  t.match(await paying, { state: 'torn' });
  held.resolve();
  await timers.advance(20_000);
  reader.slot.transmit = transmit;
  t.match(await service.resolve('desk-1', { transactionId: 'p-1', timeoutMs: 0 }, caller), {
    ...{ state: 'debited', confirmedBy: 'log' },
    tac: /^[0-9A-F]{8}$/,
  });
  t.equal(card.balanceFen, INITIAL_FEN - 1_230);
});

t.test('a fault of the reader before DEBIT is thrown as it came', async (t) => {
  const { service, reader } = await newWorld(t);
  reader.slot.pull(0x50, 'after', { fault: new Fault('reader.silent'), stays: true });
  await t.rejects(service.purchase('p-1', 'desk-1', order(), caller), { code: 'reader.silent' });
  t.match(await service.get('p-1', caller), { state: 'not-debited', cause: 'reader.silent' });
});
