import t from 'tap';
import type { LoadHost } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { caller, INITIAL_FEN, newWorld, order, settings } from './world.ts';

const INIT = 0x50;
const CREDIT = 0x52;
const LOADED_FEN = INITIAL_FEN + 1_230;

const resolve = (id: string) => ({ transactionId: id, timeoutMs: 0 });

t.test('a load puts the amount on the card, and the host is told', async (t) => {
  const { service, card, host } = await newWorld(t);
  t.match(await service.load('l-1', 'desk-1', order(), caller), {
    ...{ id: 'l-1', kind: 'load', state: 'credited', amount: '12.30', balanceBefore: '100.00' },
    ...{ balanceAfter: '112.30', at: '20260302090000', confirmedBy: 'card', tac: /^[0-9A-F]{8}$/ },
  });
  t.equal(card.balanceFen, LOADED_FEN);
  t.same(host.book.get('l-1'), { amountFen: 1_230, state: 'confirmed' });
  t.match(await service.balance('desk-1', { timeoutMs: 0 }, caller), {
    log: [{ type: '02', amount: '12.30' }],
  });
  t.match(await service.purchase('p-1', 'desk-1', order(), caller), { state: 'debited', sequence: 0 });
});

t.test(
  'what the host refuses, does not answer or answers with nonsense is not loaded, and cancelled',
  async (t) => {
    const nonsense = async (): ReturnType<LoadHost['grant']> => ({ stamp: 'now', mac2: Buffer.alloc(4) });
    const cases = [
      ['refuse', 'purse.refused', 'refused'],
      ['lose-answer', 'purse.host-unreachable', 'not-credited'],
      ['nonsense', 'purse.host-unreachable', 'not-credited'],
    ] as const;
    for (const [how, code, state] of cases) {
      const { service, card, host } = await newWorld(t);
      if (how === 'nonsense') host.grant = nonsense;
      else host.misbehave(how);
      await t.rejects(service.load('l-1', 'desk-1', order(), caller), { code });
      t.match(await service.get('l-1', caller), { state, cause: code });
      t.equal(host.book.get('l-1')?.state, 'cancelled');
      t.equal(card.balanceFen, INITIAL_FEN);
    }
  },
);

for (const { moment, state, left, booked } of [
  { moment: 'before', state: 'not-credited', left: INITIAL_FEN, booked: 'cancelled' },
  { moment: 'after', state: 'credited', left: LOADED_FEN, booked: 'confirmed' },
] as const) {
  t.test(
    `a card pulled ${moment} CREDIT reached it is torn; by its own word the load is ${booked}`,
    async (t) => {
      const { service, card, reader, host } = await newWorld(t);
      reader.slot.pull(CREDIT, moment);
      t.match(await service.load('l-1', 'desk-1', order(), caller), { state: 'torn' });
      t.equal(host.book.get('l-1')?.state, 'granted', 'the host waits until it is known');
      reader.slot.lay(card);
      t.match(await service.resolve('desk-1', resolve('l-1'), caller), { state, confirmedBy: 'log' });
      t.equal(host.book.get('l-1')?.state, booked);
      t.equal(card.balanceFen, left);
    },
  );
}

t.test('a wrong MAC2 of the host is refused by the card', async (t) => {
  const { service, card, host } = await newWorld(t);
  host.grant = async () => ({ stamp: '20260302090000', mac2: Buffer.alloc(4) });
  await t.rejects(service.load('l-1', 'desk-1', order(), caller), {
    code: 'purse.refused',
    context: { facts: { sw: '9302' } },
  });
  t.match(await service.get('l-1', caller), { state: 'refused' });
  t.equal(host.book.get('l-1')?.state, 'cancelled');
  t.equal(card.balanceFen, INITIAL_FEN);
});

t.test('a host that does not hear is told again later', async (t) => {
  const { service, host } = await newWorld(t);
  const confirm = host.confirm.bind(host);
  host.confirm = async () => {
    throw new Fault('purse.host-unreachable');
  };
  t.match(await service.load('l-1', 'desk-1', order(), caller), { state: 'credited' });
  t.equal(host.book.get('l-1')?.state, 'granted');
  const told: string[] = [];
  host.confirm = async (id) => {
    told.push(id);
    await confirm(id);
  };
  await service.tellHost();
  await service.tellHost();
  t.same(told, ['l-1'], 'once it has heard, no more');
  t.equal(host.book.get('l-1')?.state, 'confirmed');
});

t.test('a host that never answers holds neither the desk’s answer nor what others are told', async (t) => {
  const { service, host, reader, card, timers } = await newWorld(t);
  const confirm = host.confirm.bind(host);
  const asked = Promise.withResolvers<void>();
  host.confirm = (id) => {
    asked.resolve();
    return id === 'l-1' ? new Promise(() => {}) : confirm(id);
  };
  const first = service.load('l-1', 'desk-1', order(), caller);
  await asked.promise;
  await timers.advance(10_000);
  t.match(await first, { state: 'credited' });
  reader.slot.lay(card);
  t.match(await service.load('l-2', 'desk-1', order(), caller), { state: 'credited' });
  t.equal(host.book.get('l-2')?.state, 'confirmed');
  host.confirm = confirm;
  await service.tellHost();
  t.equal(host.book.get('l-1')?.state, 'confirmed');
});

t.test(
  'killed before any of its writes, a load is ended by the next start, the card and the host',
  async (t) => {
    // create, send, done, told: the writes of a load.
    const ends: Record<number, string | undefined> = { 0: undefined, 1: 'not-credited', 2: 'credited' };
    for (const [writes, state] of Object.entries(ends)) {
      const world = await newWorld(t);
      world.store.writesLeft = Number(writes);
      await t.rejects(world.service.load('l-1', 'desk-1', order(), caller), { code: 'gateway.store' });
      const { service } = await world.start();
      await service.recover();
      await service.tellHost();
      if (state === undefined) {
        t.notOk(world.host.book.has('l-1'), 'the host was not asked');
        continue;
      }
      t.equal((await service.resolve('desk-1', resolve('l-1'), caller)).state, state);
      t.equal(world.host.book.get('l-1')?.state, state === 'credited' ? 'confirmed' : 'cancelled');
      t.equal(world.card.balanceFen, state === 'credited' ? LOADED_FEN : INITIAL_FEN);
    }
  },
);

t.test(
  'without a host nothing is loaded; a terminal number of the configuration needs no PSAM',
  async (t) => {
    const hostless = await newWorld(t, { hostless: true });
    await t.rejects(hostless.service.load('l-1', 'desk-1', order(), caller), { code: 'reader.unsupported' });
    const { service, reader } = await newWorld(t, { purse: { ...settings, terminal: 'A00000000001' } });
    reader.sam.lay(undefined);
    t.match(await service.load('l-1', 'desk-1', order(), caller), {
      state: 'credited',
      terminal: 'A00000000001',
    });
  },
);

t.test('a card that wants the holder’s PIN for a load gets it from the reader’s keys', async (t) => {
  for (const [sw, code] of [
    ['9000', undefined],
    ['63C2', 'pin.wrong'],
    ['6983', 'pin.locked'],
    ['6A88', 'card.refused'],
  ] as const) {
    const { service, reader, card, pool, timers } = await newWorld(t);
    let verified = false;
    const transmit = reader.slot.transmit.bind(reader.slot);
    reader.slot.transmit = (command) =>
      command[1] === INIT && !verified ? Promise.resolve(Buffer.from('6982', 'hex')) : transmit(command);
    const typing = async () => {
      verified = sw === '9000';
      return Buffer.from(sw, 'hex');
    };
    await t.rejects(service.load('l-1', 'desk-1', order(), caller), { code: 'pin.unsupported' });
    reader.pinPad = { transmit: typing };
    reader.lose();
    await timers.advance(1_000);
    t.equal(pool.status('desk-1').state, 'ready');
    const loading = service.load('l-2', 'desk-1', order(), caller);
    if (code) await t.rejects(loading, { code });
    else t.match(await loading, { state: 'credited' });
    t.equal(card.balanceFen, code ? INITIAL_FEN : LOADED_FEN);
  }
});
