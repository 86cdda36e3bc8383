import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { Door } from '../../src/delivery/door.ts';
import type { LinkKeys } from '../../src/delivery/keys.ts';
import { packWith } from '../../src/delivery/packing.ts';
import type { Message } from '../../src/delivery/port.ts';
import { isSealed, openBody, sealBody } from '../../src/delivery/sealing.ts';
import { SAMPLE_NAME, TestClock } from '../helper.ts';

const clock = new TestClock();
const pair = generateKeyPairSync('x25519');
const other = generateKeyPairSync('x25519');
const signing = generateKeyPairSync('ed25519');
const message: Message = {
  id: 'm-1',
  correlationId: 'c-1',
  from: 'CLINIC0001',
  to: 'HOSPITAL01',
  type: 'referral.event',
  at: clock.now(),
  body: Buffer.from(JSON.stringify({ name: SAMPLE_NAME })),
};

t.test('a sealed body is opened by its reader, and by nobody else', async () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const body = Buffer.from(JSON.stringify(value));
      const sealed = { ...message, body: sealBody({ ...message, body }, pair.publicKey) };
      return (
        isSealed(sealed.body) &&
        openBody(sealed, [other.privateKey, pair.privateKey])?.equals(body) === true &&
        openBody(sealed, [other.privateKey]) === undefined
      );
    }),
    { numRuns: 50 },
  );
});

t.test('a sealed body belongs to its message, and any change of it shows', async (t) => {
  const body = sealBody(message, pair.publicKey);
  t.notMatch(body.toString(), SAMPLE_NAME);
  const open = (change: Partial<Message>) => openBody({ ...message, body, ...change }, [pair.privateKey]);
  t.ok(open({}));
  for (const change of [
    { id: 'm-2' },
    { to: 'OTHER00001' },
    { from: 'OTHER00001' },
    { type: 'a.b' },
    { at: 1 },
  ])
    t.notOk(open(change), JSON.stringify(change));
  const broken = JSON.parse(body.toString()) as { sealed: Record<string, unknown> };
  for (const sealed of [
    {},
    { ...broken.sealed, version: 2 },
    { ...broken.sealed, text: 'AAAA' },
    { ...broken.sealed, key: '' },
  ])
    t.notOk(open({ body: Buffer.from(JSON.stringify({ sealed })) }));
});

/** What the hospital's door says to a packet the clinic made. */
function through(
  sender: LinkKeys,
  receiver: LinkKeys,
  sent = message,
  at = clock,
  messageAgeDaysMax?: number,
) {
  const door = new Door({
    inbox: {
      receive: async () => ({ messageId: '', receivedAt: 0, duplicate: false }),
      receiveAll: async () => [],
    },
    clock: at,
    organisation: 'HOSPITAL01',
    keys: new Map([['CLINIC0001', receiver]]),
    messageAgeDaysMax,
  });
  try {
    return door.open(packWith(sender, clock)(sent)).body.toString();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

const secrets = [Buffer.alloc(32, 1)];
const text = message.body.toString();

t.test('messages are encrypted for an organisation, and may have to be', async (t) => {
  const sealing = { secrets, sealFor: pair.publicKey };
  const opening = (...openWith: KeyObject[]) => ({ secrets, mustBeSealed: true, own: { openWith } });
  t.equal(through(sealing, opening(pair.privateKey)), text);
  t.equal(through(sealing, opening(other.privateKey, pair.privateKey)), text, 'while a key is being changed');
  t.equal(through({ secrets }, opening(pair.privateKey)), 'link.not-sealed');
  t.equal(through(sealing, opening(other.privateKey)), 'link.sealed');
  t.equal(through(sealing, { secrets }), 'link.sealed');
});

t.test('a key of its own proves a sender, where it has one, and the secret does no more', async (t) => {
  const signed = { secrets, own: { signWith: signing.privateKey, openWith: [] } };
  t.equal(through(signed, { secrets, theirs: [signing.publicKey] }), text);
  t.equal(through(signed, { secrets }), text, 'a receiver without the key goes by the secret');
  t.equal(through({ secrets }, { secrets, theirs: [signing.publicKey] }), 'link.signature');
  const stranger = generateKeyPairSync('ed25519').publicKey;
  t.equal(through(signed, { secrets, theirs: [stranger] }), 'link.signature');
  t.equal(through(signed, { secrets, theirs: [stranger, signing.publicKey] }), text);
});

t.test('two secrets are good at once while one is being changed', async (t) => {
  const before = { secrets: [Buffer.alloc(32, 2)] };
  t.equal(through(before, { secrets: [...secrets, ...before.secrets] }), text);
  t.equal(through(before, { secrets }), 'link.signature');
});

t.test('what was signed at another time, or made too long ago, is refused', async (t) => {
  const later = new TestClock();
  later.advance(301_000);
  t.equal(through({ secrets }, { secrets }, message, later), 'link.clock');
  const old = { ...message, at: clock.now() - 61 * 86_400_000 };
  t.equal(through({ secrets }, { secrets }, old), 'link.too-old');
  t.equal(through({ secrets }, { secrets }, { ...message, at: undefined }), text);
  const yesterday = { ...message, at: clock.now() - 86_400_001 };
  t.equal(through({ secrets }, { secrets }, yesterday), text);
  t.equal(through({ secrets }, { secrets }, yesterday, clock, 1), 'link.too-old', 'as configured');
  t.equal(through({ secrets }, { secrets }, { ...message, at: clock.now() - 86_400_000 }, clock, 1), text);
});
