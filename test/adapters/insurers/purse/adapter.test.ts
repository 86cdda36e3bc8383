import t from 'tap';
import { createCashPayer } from '../../../../adapters/insurers/cash/adapter.ts';
import { createPursePayer } from '../../../../adapters/insurers/purse/adapter.ts';
import { INITIAL_FEN, newWorld as newPurse, purseCard } from '../../../card/purse/world.ts';
import { BILL, caller, newWorld, sampleBill } from '../../../settlement/parts.ts';

const DEBIT = 0x54;
const act = (name: string) => ({ id: 's-1', act: name, caller });

/** An insurer, the card's purse and the till, on one bill of 12.30; the insurer leaves 4.92. */
async function desk(t: Parameters<typeof newWorld>[0]) {
  const purse = await newPurse(t);
  const world = await newWorld(t, purse.store);
  let service = purse.service;
  const payer = createPursePayer(
    { id: 'purse', adapter: 'purse', cardWaitMs: 0 },
    { purse: () => service, clock: world.clock },
  );
  const cash = createCashPayer({ id: 'cash', adapter: 'cash' }, world.clock);
  const start = () => world.start(world.store, { insurers: [world.insurer, payer, cash] });
  const create = (gateway = start(), payers = ['fake', 'purse', 'cash']) =>
    gateway.service.create('s-1', true, caller, async () => {
      const { bill, ...input } = sampleBill(BILL, payers);
      return { ...input, bill: { ...bill, purseReaderId: 'desk-1' } };
    });
  const restartPurse = async () => {
    ({ service } = await purse.start());
    await service.recover();
    return service;
  };
  return { ...purse, world, start, create, restartPurse };
}

t.test('what the insurer leaves is paid from the purse, and nothing is left', async (t) => {
  const { create, card, start } = await desk(t);
  const gateway = start();
  const settled = await create(gateway);
  t.match(settled.row, { state: 'settled', paid_fen: 492, cash_fen: 0 });
  t.equal(card.balanceFen, INITIAL_FEN - 492);
  const exchanges = await gateway.archive.exchanges('s-1');
  t.match(
    exchanges.filter(({ insurer }) => insurer !== 'fake').map(({ transaction }) => transaction),
    ['purchase', 'receive'],
  );
  const reversed = await gateway.service.reverse(act('reverse'));
  t.equal(reversed.row.state, 'reversed');
  t.equal(card.balanceFen, INITIAL_FEN - 492, 'a purse takes nothing back: it is returned in cash');
  const returned = (await gateway.archive.exchanges('s-1')).map(({ transaction }) => transaction);
  t.ok(returned.includes('return-in-cash'));
});

t.test('a purse that does not hold enough pays what it holds, the rest is cash', async (t) => {
  const { create, reader } = await desk(t);
  reader.slot.lay(purseCard({ balanceFen: 100 }));
  const settled = await create();
  t.match(settled.row, { state: 'settled', paid_fen: 492, cash_fen: 0 });
  t.same(
    settled.legs.map(({ paid_fen, cash_fen }) => [paid_fen, cash_fen]),
    [
      [0, 492],
      [100, 392],
      [392, 0],
    ],
  );
});

t.test('without a card the quote is not had, and nothing has moved', async (t) => {
  const { create, reader, world } = await desk(t);
  reader.slot.lay(undefined);
  const tried = await create().catch((error: unknown) => error);
  t.match(tried, { row: { state: 'draft' } });
  t.same(world.insurer.live(BILL), []);
});

t.test('a card that is pulled may have been debited', async (t) => {
  const { create, reader, world } = await desk(t);
  reader.slot.pull(DEBIT, 'before');
  const ended = await create();
  t.equal(ended.row.state, 'in-doubt');
  t.equal(world.insurer.live(BILL).length, 1);
});

t.test('a purchase torn at the card is decided by the card when it is laid down again', async (t) => {
  for (const moment of ['before', 'after'] as const) {
    const { create, reader, card, world, start, service } = await desk(t);
    reader.slot.pull(DEBIT, moment);
    const gateway = start();
    const doubtful = await create(gateway);
    t.match(doubtful.row, { state: 'in-doubt', leg: 2 }, moment);
    world.clock.advance(120_000);
    await gateway.worker.runOnce();
    t.match((await gateway.service.get('s-1')).row, { state: 'in-doubt' }, 'the purse does not know yet');
    reader.slot.lay(card);
    const [lost] = (await gateway.archive.exchanges('s-1')).filter(({ insurer }) => insurer === 'purse');
    const told = await service.resolve('desk-1', { transactionId: lost?.own_id ?? '', timeoutMs: 0 }, caller);
    t.equal(told.state, moment === 'after' ? 'debited' : 'not-debited');
    world.clock.advance(120_000);
    await gateway.worker.runOnce();
    t.equal((await gateway.service.get('s-1')).row.state, 'settled', moment);
    t.equal(card.balanceFen, INITIAL_FEN - 492, 'debited once');
  }
});

t.test('an empty purse pays nothing, and no card is debited', async (t) => {
  const { create, reader } = await desk(t);
  reader.slot.lay(purseCard({ balanceFen: 0 }));
  const settled = await create();
  t.match(settled.row, { state: 'settled' });
  t.same(
    settled.legs.map(({ paid_fen }) => paid_fen),
    [0, 0, 492],
  );
});

t.test('the purse must be told where its card lies', async (t) => {
  const { start } = await desk(t);
  await t.rejects(
    start().service.create('s-2', false, caller, async () => sampleBill('B-2', ['fake', 'purse'])),
    { code: 'request.invalid', context: { pointer: '/body/purseReaderId' } },
  );
});
