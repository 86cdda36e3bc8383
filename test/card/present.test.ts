import t from 'tap';
import type { DocumentKind, ReaderSpot } from '../../schemas/reading.ts';
import type { CardSlot, SocialSecurityCard, Told } from '../../src/card/port.ts';
import { readPresented, type Waiting } from '../../src/card/present.ts';
import { readSocialSecurityCard } from '../../src/card/social-security/application.ts';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../src/sandbox/cards/cards.ts';
import type { VirtualCard } from '../../src/sandbox/port.ts';
import { TestClock } from '../helper.ts';
import { CardInSlot } from './slots.ts';
import { TestTimers } from './timers.ts';

const v3 = () => virtualCardOf(loadProfiles().get('social-security-v3') as SocialSecurityProfile);
const v2 = () => virtualCardOf(loadProfiles().get('social-security-v2') as SocialSecurityProfile);

/** What a reader that reads by itself, and has no keys, tells of a card. */
async function toldOf(card: VirtualCard): Promise<SocialSecurityCard> {
  const slot = new CardInSlot(card);
  return readSocialSecurityCard(slot, (await slot.powerOn())!);
}

/** A reader that reads by itself and has a slot and a window for codes, too; `inSlot` lies there when it has read. */
async function desk(inSlot: VirtualCard | undefined, spot: ReaderSpot = 'either') {
  const clock = new TestClock();
  const card = await toldOf(v3());
  const slot = new CardInSlot(inSlot);
  const kinds: readonly DocumentKind[] = ['social-security-card', 'insurance-code'];
  let scans = 0;
  let tries = 0;
  const reader = {
    slot: slot as CardSlot,
    codes: { next: async () => String(++scans) },
    whole: { kinds, read: async (): Promise<Told> => ({ kind: 'social-security-card', card }) },
    lost: new Promise<void>(() => {}),
    close: async () => {},
  };
  const waiting: Waiting = {
    accept: kinds,
    spot,
    newAddress: false,
    timeoutMs: 30_000,
    clock,
    timers: new TestTimers(clock),
    signal: new AbortController().signal,
    authenticator: {
      async authenticate() {
        tries += 1;
        return { hindrance: { code: 'encryption.unreachable' } };
      },
    },
  };
  const told = await readPresented(reader, waiting, async (told) => told);
  if (told.kind !== 'social-security-card') throw new Error(`read ${told.kind}`);
  return { card: told.card, slot, scans, tries };
}

t.test('a locked card that a reader read by itself is tried again over its slot, at once', async (t) => {
  const { card, tries } = await desk(v3());
  t.equal(tries, 1);
  t.strictSame(card.hindrance, { code: 'encryption.unreachable' }, 'and tells what came between');
});

t.test('one that was taken away meanwhile has told what it told, and no code is taken for it', async (t) => {
  const { card, scans, tries } = await desk(undefined);
  t.match(card, { holder: 'locked', version: '3.00' });
  t.strictSame([scans, tries], [0, 0]);
});

t.test('one that lies where the reader has no slot is left locked', async (t) => {
  const { card, slot } = await desk(v3(), 'contactless');
  t.equal(card.holder, 'locked');
  t.strictSame(slot.commands, []);
});

t.test('another card that came in its place does not speak for it', async (t) => {
  const { card } = await desk(v2());
  t.match(card, { holder: 'locked', version: '3.00' });
});
