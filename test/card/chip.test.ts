import fc from 'fast-check';
import t from 'tap';
import { type ChipKind, readChipCard } from '../../src/card/chip.ts';
import { Fault } from '../../src/errors.ts';
import {
  type CardProfile,
  loadProfiles,
  type SocialSecurityProfile,
  virtualCardOf,
} from '../../src/sandbox/cards/cards.ts';
import type { VirtualCard } from '../../src/sandbox/port.ts';
import { CardInSlot, scriptedSlot } from './slots.ts';

const profiles = loadProfiles();
const chips = [...profiles.values()].filter(
  (profile): profile is Exclude<CardProfile, { kind: 'resident-id-card' }> =>
    profile.kind !== 'resident-id-card',
);
const SOCIAL = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF';
const HEALTH = '00A4000002DDF1';
const BANK = '00A4040008A000000333010101';
const BOTH: ChipKind[] = ['social-security-card', 'health-card'];

async function read(card: VirtualCard, accept: readonly ChipKind[], contactless = false) {
  const slot = new CardInSlot(card);
  const atr = (await slot.powerOn())!;
  const told = await readChipCard(slot, atr, accept, { contactless });
  return { told, commands: slot.commands };
}

t.test('every chip card is told apart, whichever kind is named first', async (t) => {
  for (const profile of chips) {
    for (const accept of [BOTH, BOTH.toReversed()]) {
      const { told } = await read(virtualCardOf(profile), accept);
      t.equal(told.kind, profile.kind, `${profile.id} ${accept[0]}`);
    }
    const others = BOTH.filter((kind) => kind !== profile.kind);
    await t.rejects(read(virtualCardOf(profile), others), { code: 'card.unknown' }, profile.id);
  }
});

t.test('no application is asked for twice, and none after the right one', async (t) => {
  const asked = ({ commands }: { commands: string[] }) =>
    commands.filter((each) => [SOCIAL, HEALTH].includes(each));
  const social = virtualCardOf(profiles.get('social-security-v2') as SocialSecurityProfile);
  t.strictSame(asked(await read(social, BOTH)), [SOCIAL]);
  t.strictSame(asked(await read(social, BOTH.toReversed())), [HEALTH, SOCIAL]);
  const health = virtualCardOf(chips.find(({ kind }) => kind === 'health-card')!);
  const { commands } = await read(health, BOTH);
  t.strictSame(commands.slice(0, 2), [SOCIAL, HEALTH]);
});

t.test('a bank card and a transit card are cards that are not known', async (t) => {
  const bank = { [BANK]: '6F108408A0000003330101019000', '00A404000E315041592E5359532E4444463031': '9000' };
  for (const [what, script] of [
    ['bank', { ...bank, [SOCIAL]: '6A82', [HEALTH]: '6A82' }],
    ['transit, which knows no such class', {}],
    [
      'transit, with files of its own',
      { [SOCIAL]: '6A82', [HEALTH]: '6F0884069156000132029000', '00A4020002EF05': '9000' },
    ],
  ] as [string, Record<string, string>][]) {
    for (const accept of [BOTH, BOTH.toReversed(), BOTH.slice(0, 1), BOTH.slice(1)]) {
      const slot = scriptedSlot('3B690000249987DFED5DFFFFFF', script);
      const atr = (await slot.powerOn())!;
      await t.rejects(readChipCard(slot, atr, accept), { code: 'card.unknown' }, `${what} ${accept}`);
    }
  }
});

t.test('on the antenna the bank application is selected first where ours is not known before', async (t) => {
  const inner = virtualCardOf(profiles.get('social-security-v2') as SocialSecurityProfile);
  let bank = false;
  const shy = {
    reset: () => {
      bank = false;
      return inner.reset();
    },
    command: (apdu: Buffer) => {
      const command = apdu.toString('hex').toUpperCase();
      if (command === BANK) bank = true;
      if (command === BANK) return Buffer.from('6110', 'hex');
      return bank ? inner.command(apdu) : Buffer.from('6A82', 'hex');
    },
  };
  const { told, commands } = await read(shy, BOTH, true);
  t.equal(told.kind, 'social-security-card');
  t.strictSame(commands.slice(0, 3), [SOCIAL, BANK, SOCIAL]);
  await t.rejects(read(shy, BOTH), { code: 'card.unknown' }, 'with contacts it is not');
  const plain = await read(inner, BOTH, true);
  t.notOk(plain.commands.includes(BANK), 'a card that knows ours is not asked for the bank');
});

t.test('a card of either kind that answers anything at all ends in a card or a Fault', async (t) => {
  const answers = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom('9000', '6982', '6A82', '6A83', '6700', '6C12', '6110', '6283')
      .map((sw) => Buffer.from(sw, 'hex')),
    fc.uint8Array({ maxLength: 30 }).map((data) => Buffer.concat([data, Buffer.of(0x90, 0x00)])),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...chips),
      fc.constantFrom(BOTH, BOTH.toReversed()),
      fc.array(answers, { maxLength: 30 }),
      async (profile, accept, script) => {
        const inner = virtualCardOf(profile);
        let at = 0;
        const card = {
          reset: () => inner.reset(),
          command: (apdu: Buffer) => {
            const truth = inner.command(apdu);
            const answer = at % 3 === 2 ? script[at] : undefined;
            at += 1;
            return answer === undefined ? truth : Buffer.from(answer);
          },
        };
        try {
          await read(card, accept, true);
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
        }
      },
    ),
  );
  t.pass();
});
