import t from 'tap';
import { createXmlEncryptionMachine } from '../../adapters/encryption/xml/machine.ts';
import { readerDriverOf } from '../../adapters/readers/index.ts';
import type { ReadingRequest } from '../../schemas/reading.ts';
import { keysOfReaders } from '../../src/card/keys.ts';
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
import { VirtualPsam } from '../../src/sandbox/cards/psam.ts';
import { startVirtualEncryptionMachine } from '../../src/sandbox/encryption/server.ts';
import type { VirtualCard } from '../../src/sandbox/port.ts';
import { startVirtualReader, type VirtualReaderServer } from '../../src/sandbox/readers/server.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testParts } from '../helper.ts';

const caller = { client: 'his', requestId: 'request-1' };
const profiles = loadProfiles();

async function desk(t: Tap, { sam, encryptionUrl }: { sam?: VirtualCard; encryptionUrl?: string } = {}) {
  const parts = await testParts(t);
  const host = '127.0.0.1';
  const chip = await startVirtualReader({ dialect: 'ccid-serial', host, port: 0, ...(sam ? { sam } : {}) });
  const module = await startVirtualReader({ dialect: 'sam-v', host, port: 0 });
  const reader = (id: string, dialect: 'ccid-serial' | 'sam-v', server: VirtualReaderServer<never>) => ({
    id,
    driver: readerDriverOf({ id, dialect, psam, transport: { kind: 'tcp', host, port: server.port } }),
  });
  const pool = new ReaderPool({
    ...parts,
    readers: [
      reader('chip', 'ccid-serial', chip),
      // The tests lay one card down after the other, faster than anybody could lift them.
      { ...reader('module', 'sam-v', module), mustLift: false },
    ],
  });
  const machine =
    encryptionUrl === undefined ? undefined : createXmlEncryptionMachine({ url: encryptionUrl });
  const psams = new Map(sam ? [['chip', psam]] : []);
  const keysOf = keysOfReaders({ psams, machine });
  const cards = new CardService({ ...parts, pool, keysOf });
  t.teardown(async () => {
    await pool.close();
    await machine?.close();
    await Promise.all([chip.close(), module.close()]);
  });
  pool.start();
  const until = async (id: string, state: string) => {
    while (pool.status(id).state !== state) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await Promise.all([until('chip', 'ready'), until('module', 'ready')]);
  return { chip, module, pool, cards, until };
}

/** The key of the virtual PSAM that the virtual cards know as 07. */
const psam = { slot: 1, keyUsage: '48', keyIndex: '5D', cardKey: '07' };

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

const v3 = () => virtualCardOf(profiles.get('social-security-v3') as SocialSecurityProfile);
const social: ReadingRequest = { accept: ['social-security-card'], timeoutMs: 2_000 };

t.test('a card of generation 3 is opened by the PSAM in the reader’s second slot', async (t) => {
  const { chip, cards } = await desk(t, { sam: new VirtualPsam() });
  chip.insert(v3());
  for (const _ of ['once', 'and again']) {
    const { reading } = await cards.read('chip', social, caller);
    t.match(reading, {
      verifiedBy: 'psam',
      // The card let itself be opened; that it is genuine is not proved by that.
      assurance: 'chip-read',
      card: { cardNumber: 'X00000043' },
    });
    t.match(reading.identity, { documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME });
  }
});

t.test('a card that the PSAM has no key for is opened by the encryption machine', async (t) => {
  const machine = await startVirtualEncryptionMachine();
  t.teardown(() => machine.close());
  const { chip, cards } = await desk(t, {
    sam: new VirtualPsam({ keyless: true }),
    encryptionUrl: machine.url,
  });
  chip.insert(v3());
  const { reading } = await cards.read('chip', social, caller);
  t.match(reading, { holder: 'read', verifiedBy: 'encryption-machine', assurance: 'chip-authenticated' });
});

t.test('why a card stayed locked is told where its holder is needed', async (t) => {
  const machine = await startVirtualEncryptionMachine();
  await machine.close();
  const unreachable = await desk(t, { encryptionUrl: machine.url });
  unreachable.chip.insert(v3());
  await t.rejects(unreachable.cards.read('chip', social, caller), {
    code: 'encryption.unreachable',
    context: { facts: { document: 'social-security-card', version: '3.00' } },
  });
  const free = await unreachable.cards.read('chip', { ...social, holder: 'if-readable' }, caller);
  t.match(free.reading, { holder: 'locked', verifiedBy: 'nobody', assurance: 'chip-read' });
  const keyless = await desk(t, { sam: new VirtualPsam({ keyless: true }) });
  keyless.chip.insert(v3());
  await t.rejects(keyless.cards.read('chip', social, caller), {
    code: 'card.locked-data',
    context: { detail: 'the PSAM has no key for it: 6A88' },
  });
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

t.test(
  'all four documents of the family are read over SAM-V on a line, with the newer address',
  async (t) => {
    const { module, cards } = await desk(t);
    const sample = profiles.get('resident-id') as ResidentIdProfile;
    const foreigner = {
      name: '',
      sex: '1',
      number: SAMPLE_NUMBER.slice(0, 15),
      englishName: 'SAMPLE, PERSON',
    };
    const documents: [layout: string, type: ResidentIdProfile['type'], text: ResidentIdProfile['text']][] = [
      ['resident', ' ', sample.text],
      ['residence', 'J', { ...sample.text, nation: '', passNumber: 'H00000000', issueCount: '01' }],
      ['foreigner2017', 'I', { ...foreigner, nationality: 'UTO', birthDate: '19810101', version: '01' }],
      ['foreigner2023', 'Y', { ...foreigner, birthDate: '19810101', issueCount: '02' }],
    ];
    for (const [layout, type, text] of documents) {
      module.insert(virtualResidentIdOf({ ...sample, type, text, newAddress: '某省某县某镇某村二组2号' }));
      const request = { accept: ['resident-id-card' as const], timeoutMs: 2_000, newAddress: true };
      const { reading } = await cards.read('module', request, caller);
      t.match(reading.document, { layout, newAddress: '某省某县某镇某村二组2号' });
      t.match(reading.identity, { documentNumber: text.number, birthDate: '1981-01-01' });
    }
    module.insert(virtualResidentIdOf(sample));
    const request = { accept: ['resident-id-card' as const], timeoutMs: 2_000, newAddress: true };
    const { reading } = await cards.read('module', request, caller);
    t.notOk('newAddress' in reading.document!, 'none was added');
  },
);

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
