import t from 'tap';
import { readerDriverOf } from '../../adapters/readers/index.ts';
import { ReaderPool } from '../../src/card/pool.ts';
import { CardService } from '../../src/card/service.ts';
import {
  type HealthCardProfile,
  loadProfiles,
  type ResidentIdProfile,
  type SocialSecurityProfile,
  virtualCardOf,
  virtualResidentIdOf,
} from '../../src/sandbox/cards/cards.ts';
import { startVirtualReader, type VirtualReaderServer } from '../../src/sandbox/readers/server.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testParts } from '../helper.ts';

const caller = { client: 'his', requestId: 'request-1' };
const profiles = loadProfiles();

async function desk(t: Tap) {
  const parts = await testParts(t);
  const host = '127.0.0.1';
  const chip = await startVirtualReader({ dialect: 'ccid-serial', host, port: 0 });
  const module = await startVirtualReader({ dialect: 'sam-v', host, port: 0 });
  const reader = (id: string, dialect: 'ccid-serial' | 'sam-v', server: VirtualReaderServer<never>) => ({
    id,
    driver: readerDriverOf({ id, dialect, transport: { kind: 'tcp', host, port: server.port } }),
  });
  const pool = new ReaderPool({
    ...parts,
    readers: [reader('chip', 'ccid-serial', chip), reader('module', 'sam-v', module)],
  });
  const cards = new CardService({ ...parts, pool });
  t.teardown(async () => {
    await pool.close();
    await Promise.all([chip.close(), module.close()]);
  });
  pool.start();
  const until = async (id: string, state: string) => {
    while (pool.status(id).state !== state) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await Promise.all([until('chip', 'ready'), until('module', 'ready')]);
  return { chip, module, pool, cards, until };
}

type Tap = { teardown(work: () => unknown): void };

t.test('social-security cards of all ways are read over CCID on a line', async (t) => {
  const { chip, cards } = await desk(t);
  for (const profile of profiles.values()) {
    if (profile.kind !== 'social-security-card') continue;
    chip.insert(virtualCardOf(profile as SocialSecurityProfile));
    const { reading } = await cards.read(
      'chip',
      { accept: ['social-security-card'], timeoutMs: 2_000, holder: 'if-readable' },
      caller,
    );
    t.equal(reading.card?.cardId, profile.cardId, profile.id);
    if (profile.version === '3.00') t.equal(reading.holder, 'locked');
    else t.match(reading.identity, { documentNumber: SAMPLE_NUMBER, name: profile.holder?.name });
  }
});

t.test('a health card is read over CCID on a line, as the one kind or as one of two', async (t) => {
  const { chip, cards } = await desk(t);
  chip.insert(virtualCardOf(profiles.get('health-card') as HealthCardProfile));
  for (const accept of [['health-card'], ['social-security-card', 'health-card']] as const) {
    const { reading } = await cards.read('chip', { accept: [...accept], timeoutMs: 2_000 }, caller);
    t.match(reading, {
      kind: 'health-card',
      identity: { documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME, birthDate: '1981-01-01' },
      healthCard: { issuer: '样例县卫生局', bloodGroup: '3' },
    });
  }
});

t.test('a resident ID card is read over SAM-V on a line', async (t) => {
  const { module, cards } = await desk(t);
  module.insert(virtualResidentIdOf(profiles.get('resident-id') as ResidentIdProfile));
  const { reading } = await cards.read('module', { accept: ['resident-id-card'], timeoutMs: 2_000 }, caller);
  t.match(reading.identity, { documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME, birthDate: '1981-01-01' });
});

t.test('a reader that was unplugged is found again, and reads', async (t) => {
  const { chip, cards, pool, until } = await desk(t);
  await chip.unplug();
  await until('chip', 'absent');
  await t.rejects(cards.read('chip', { accept: ['social-security-card'], timeoutMs: 0 }, caller), {
    code: 'reader.absent',
  });
  await chip.plug();
  await until('chip', 'ready');
  chip.insert(virtualCardOf(profiles.get('social-security-v2') as SocialSecurityProfile));
  const { reading } = await cards.read(
    'chip',
    { accept: ['social-security-card'], timeoutMs: 2_000 },
    caller,
  );
  t.equal(reading.identity?.name, SAMPLE_NAME);
  t.equal(pool.status('chip').counters.reopenings, 1);
});

t.test('a reader that cannot read what is accepted says so', async (t) => {
  const { cards } = await desk(t);
  await t.rejects(cards.read('module', { accept: ['social-security-card'], timeoutMs: 0 }, caller), {
    code: 'reader.unsupported',
  });
});
