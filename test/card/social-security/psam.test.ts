import t from 'tap';
import type { CardSlot } from '../../../src/card/port.ts';
import { authenticateByPsam, levelsOf } from '../../../src/card/social-security/psam.ts';
import { Fault } from '../../../src/errors.ts';
import type { VirtualCard } from '../../../src/sandbox/port.ts';
import { CardInSlot, scriptedSlot } from '../slots.ts';

const ATR = '3B6D00000081544C968684510100035676';
const card = {
  resetInformation: '0081544C968684510100035676',
  cardId: '371700D156000005F0348866E075C174',
};
const settings = { slot: 1, keyUsage: '48', keyIndex: '5D', cardKey: '07' };

const RAND = '096D1FFE340D812F';
const ENDATA = 'C49031D2A31E6A14';
const SOURCE = '1122334455667788';
const SELECT = '00A4040006D15600000590';
const OWN = '8684510100035676';
const CITY = '3337313730307378';
const PROVINCE = '3337303030307368';

/** What a module answers along the published script, whose key is derived by `derive`. */
const script = (derive: string) => ({
  [SELECT]: '9000',
  [derive]: '9000',
  [`80FA000008${SOURCE}`]: '6108',
  '00C0000008': `${ENDATA}9000`,
});
const SHOW = `${ENDATA}${SOURCE}`;

const chip = (shown: Record<string, string>) => scriptedSlot(ATR, { '0084000008': `${RAND}9000`, ...shown });

t.test('the published script of two levels is spoken byte for byte', async (t) => {
  const derive = `BFDE485D18${OWN}${CITY}${RAND}`;
  const sam = scriptedSlot(ATR, script(derive));
  const slot = chip({ [`0082000710${SHOW}`]: '9000' });
  t.equal(await authenticateByPsam(sam, slot, card, settings), 'open');
  t.strictSame(sam.commands, [SELECT, derive, `80FA000008${SOURCE}`, '00C0000008']);
  t.strictSame(slot.commands, ['0084000008', `0082000710${SHOW}`]);
});

t.test('keys of one and of three levels are derived by their factors', async (t) => {
  for (const [usage, index, key, derive] of [
    ['28', '12', '04', `BFDE281210${OWN}${RAND}`],
    ['67', '08', '0A', `BFDE670820${OWN}${CITY}${PROVINCE}${RAND}`],
  ] as const) {
    const slot = chip({ [`008200${key}10${SHOW}`]: '9000' });
    const way = { slot: 1, keyUsage: usage, keyIndex: index, cardKey: key };
    t.equal(await authenticateByPsam(scriptedSlot(ATR, script(derive)), slot, card, way), 'open');
  }
});

t.test('the levels are the high three bits of the usage byte', async (t) => {
  t.same([0x27, 0x47, 0x67, 0x28, 0x48].map(levelsOf), [1, 2, 3, 1, 2]);
  for (const usage of [0x08, 0x88, 0xe7]) t.throws(() => levelsOf(usage));
});

t.test('a module that does not know its application by name is asked for its file', async (t) => {
  const sam = scriptedSlot(ATR, {
    ...script(`BFDE485D18${OWN}${CITY}${RAND}`),
    [SELECT]: '6A82',
    '00A4000002DF01': '6112',
  });
  t.equal(await authenticateByPsam(sam, chip({ [`0082000710${SHOW}`]: '9000' }), card, settings), 'open');
});

/** A module slot that fails in one way from a command on. */
function failing(
  code: 'card.removed' | 'card.refused' | 'reader.lost' | 'reader.unsupported',
  from: number,
): CardSlot {
  const sam = scriptedSlot(ATR, script(`BFDE485D18${OWN}${CITY}${RAND}`));
  let count = 0;
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    if (count++ >= from) throw new Fault(code);
    return work();
  };
  return {
    powerOn: () => counted(() => sam.powerOn()),
    transmit: (command) => counted(() => sam.transmit(command)),
    powerOff: () => sam.powerOff(),
  };
}

t.test(
  'a module that is absent, mute or without the key is told of, and the card shown nothing',
  async (t) => {
    const derive = `BFDE485D18${OWN}${CITY}${RAND}`;
    const modules: [string, CardSlot, RegExp][] = [
      ['an empty slot', new CardInSlot(undefined), /^no PSAM in slot 1$/],
      ['mute', failing('card.refused', 0), /^no PSAM in slot 1$/],
      ['a reader without such slots', failing('reader.unsupported', 0), /^no PSAM/],
      ['another kind of module', scriptedSlot(ATR, { [SELECT]: '6A82' }), /no social-security application/],
      ['no key', scriptedSlot(ATR, { ...script(derive), [derive]: '6A88' }), /no key for it: 6A88/],
      ['taken out meanwhile', failing('card.removed', 2), /no key for it: no answer/],
      ['taken out late', failing('card.removed', 3), /did not encrypt: no answer/],
      [
        'too short an answer',
        scriptedSlot(ATR, { ...script(derive), '00C0000008': 'C4909000' }),
        /not encrypt: 9000/,
      ],
    ];
    for (const [what, sam, why] of modules) {
      const slot = chip({});
      t.match(await authenticateByPsam(sam, slot, card, settings), { why }, what);
      t.notOk(
        slot.commands.some((command) => command.startsWith('0082')),
        `${what}: nothing is shown`,
      );
    }
  },
);

t.test('a line that is lost while the module works is lost', async (t) => {
  for (const from of [0, 1, 2, 3]) {
    await t.rejects(authenticateByPsam(failing('reader.lost', from), chip({}), card, settings), {
      code: 'reader.lost',
    });
  }
});

t.test('what the card says to a wrong cryptogram ends it, with its status word', async (t) => {
  const sam = () => scriptedSlot(ATR, script(`BFDE485D18${OWN}${CITY}${RAND}`));
  for (const sw of ['6300', '63C2', '63C0', '6982', '6983', '6984', '6988']) {
    await t.rejects(
      authenticateByPsam(sam(), chip({ [`0082000710${SHOW}`]: sw }), card, settings),
      { code: 'card.authentication', context: { facts: { sw } } },
      sw,
    );
  }
  await t.rejects(authenticateByPsam(sam(), chip({ [`0082000710${SHOW}`]: '6F00' }), card, settings), {
    code: 'card.refused',
    context: { facts: { sw: '6F00' } },
  });
});

t.test('a card without that key lost no try, so another way may be gone', async (t) => {
  const sam = scriptedSlot(ATR, script(`BFDE485D18${OWN}${CITY}${RAND}`));
  t.match(await authenticateByPsam(sam, chip({ [`0082000710${SHOW}`]: '6A88' }), card, settings), {
    why: 'the card has no key 07',
  });
});

t.test('a card that draws no challenge is refused, one that is pulled is removed', async (t) => {
  const sam = scriptedSlot(ATR, script(`BFDE485D18${OWN}${CITY}${RAND}`));
  await t.rejects(authenticateByPsam(sam, scriptedSlot(ATR, {}), card, settings), { code: 'card.refused' });
  await t.rejects(authenticateByPsam(sam, scriptedSlot(ATR, { '0084000008': '11229000' }), card, settings), {
    code: 'card.refused',
  });
  await t.rejects(authenticateByPsam(sam, new CardInSlot(undefined), card, settings), {
    code: 'card.removed',
  });
});

t.test('whatever a module answers ends in an outcome', async (t) => {
  const answers = ['', '90', '9000', '6110', '6C10', '6A88', 'FFFF', `${RAND}${RAND}9000`];
  for (const answer of answers) {
    const sam: VirtualCard = {
      reset: () => Buffer.from(ATR, 'hex'),
      command: () => Buffer.from(answer, 'hex'),
    };
    const outcome = await authenticateByPsam(new CardInSlot(sam), chip({}), card, settings).catch(
      (error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        return error.code;
      },
    );
    t.ok(outcome !== 'open', answer);
  }
});
