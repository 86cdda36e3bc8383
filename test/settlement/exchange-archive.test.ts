import t from 'tap';
import { ExchangeArchive } from '../../src/settlement/exchange-archive.ts';
import { query } from '../../src/store/query.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testVault } from '../helper.ts';
import { caller, newWorld, sampleBill } from './parts.ts';

const tamper = query<{ id: string; answer: Uint8Array }>('test.tamper', (db, arg) =>
  db
    .updateTable('exchanges')
    .set({ answer: arg('answer') })
    .where('id', '=', arg('id')),
);
const overturn = query<{ id: string }>('test.overturn', (db, arg) =>
  db.updateTable('exchanges').set({ outcome: 'refused' }).where('id', '=', arg('id')),
);

async function journaled(t: Parameters<typeof newWorld>[0], behaviour?: 'lose-after') {
  const world = await newWorld(t);
  const gateway = world.start();
  if (behaviour) world.insurer.say('2207', behaviour);
  await gateway.service.create('s-1', true, caller, async () => sampleBill());
  const vault = testVault();
  const archive = new ExchangeArchive({ ...gateway, store: world.store, vault });
  return { world, gateway, vault, archive, exchanges: await gateway.archive.exchanges('s-1') };
}

t.test('an exchange shows what went over the wire, masked, and that nobody changed it', async (t) => {
  const { archive, exchanges, gateway } = await journaled(t);
  t.ok(exchanges.length > 2);
  for (const { id } of exchanges) {
    const shown = await archive.read(id, caller);
    t.ok(shown.intact, shown.row.transaction);
    t.notOk(shown.request.includes(SAMPLE_NAME));
    t.notOk(shown.request.includes(SAMPLE_NUMBER));
    t.type(shown.answer, 'string');
  }
  t.same(await gateway.audit.verify(), [], 'the chain they hang on holds');
});

t.test('a changed answer, and a changed outcome, are seen', async (t) => {
  const { world, archive, exchanges, vault } = await journaled(t);
  const [first = '', second = ''] = exchanges.map(({ id }) => id);
  const answer = vault.seal(`exchange ${first} answer`, Buffer.from('accepted otherwise'));
  await world.store.write((unit) => unit.run(tamper, { id: first, answer }));
  t.equal((await archive.read(first, caller)).intact, false);
  await world.store.write((unit) => unit.run(overturn, { id: second }));
  t.equal((await archive.read(second, caller)).intact, false);
});

t.test('an exchange that was never answered is intact as such', async (t) => {
  const { archive, exchanges } = await journaled(t, 'lose-after');
  const lost = exchanges.find(({ outcome }) => outcome === 'unknown');
  t.match(await archive.read(lost?.id ?? '', caller), { intact: true, answer: undefined });
  await t.rejects(archive.read('nothing', caller), { code: 'exchange.not-found' });
});
