import t from 'tap';
import { readerDriverOf } from '../../../adapters/readers/index.ts';
import { ReaderPool } from '../../../src/card/pool.ts';
import { PurseService } from '../../../src/card/purse/service.ts';
import { VirtualPursePsam } from '../../../src/sandbox/cards/purse-psam.ts';
import { startVirtualReader } from '../../../src/sandbox/readers/server.ts';
import { testParts } from '../../helper.ts';
import { CardInSlot } from '../slots.ts';
import { caller, INITIAL_FEN, purseCard, settings } from './world.ts';

t.test('over CCID on a line a purse is paid from, torn, and asked again', async (t) => {
  const parts = await testParts(t);
  const host = '127.0.0.1';
  const server = await startVirtualReader({ dialect: 'ccid-serial', host, port: 0 });
  const id = 'desk-1';
  const driver = readerDriverOf({
    id,
    dialect: 'ccid-serial',
    transport: { kind: 'tcp', host, port: server.port },
  });
  const sams = [new CardInSlot(new VirtualPursePsam())];
  const withPsam = {
    ...driver,
    open: async (signal: AbortSignal) => ({ ...(await driver.open(signal)), sams }),
  };
  const pool = new ReaderPool({ ...parts, readers: [{ id, driver: withPsam }] });
  const purse = new PurseService({ ...parts, pool, gatewayId: 'gw', purses: new Map([[id, settings]]) });
  t.teardown(async () => {
    await pool.close();
    await server.close();
  });
  pool.start();
  while (pool.status(id).state !== 'ready') await new Promise((resolve) => setTimeout(resolve, 5));
  const card = purseCard();
  server.insert(card);

  const order = { amount: '12.30', timeoutMs: 2_000 };
  t.match(await purse.purchase('p-1', id, order, caller), { state: 'debited', confirmedBy: 'psam' });
  parts.clock.advance(1_000);
  card.misbehave('torn-after');
  t.match(await purse.purchase('p-2', id, order, caller), { state: 'debited', confirmedBy: 'log' });
  parts.clock.advance(1_000);
  card.misbehave('torn-before');
  t.match(await purse.purchase('p-3', id, order, caller), { state: 'not-debited', confirmedBy: 'log' });
  t.match(await purse.balance(id, { timeoutMs: 2_000 }, caller), {
    balance: '75.40',
    log: [{ sequence: 1 }, { sequence: 0 }],
  });
  t.equal(card.balanceFen, INITIAL_FEN - 2_460);
});
