import t from 'tap';
import { contentOf } from '../../../src/card/model.ts';
import type { AuthenticationRequest, EncryptionMachine, OpenReader } from '../../../src/card/port.ts';
import { readSocialSecurityCard } from '../../../src/card/social-security/application.ts';
import { authenticators } from '../../../src/card/social-security/authentication.ts';
import { Fault } from '../../../src/errors.ts';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';
import { VirtualPsam } from '../../../src/sandbox/cards/psam.ts';
import { carriedOut } from '../../../src/sandbox/encryption/machine.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { CardInSlot } from '../slots.ts';

const v3 = loadProfiles().get('social-security-v3') as SocialSecurityProfile;
const v2 = loadProfiles().get('social-security-v2') as SocialSecurityProfile;

/** The sandbox's machine, without its service. */
const machine: EncryptionMachine = {
  async authenticate(request) {
    const results = carriedOut(orderOf(request));
    return { internal: results.RESULT1!, external: results.RESULT2! };
  },
  async keyed() {
    throw new Error('not asked for');
  },
};

function orderOf(request: AuthenticationRequest): Map<string, string> {
  return new Map([
    ['MSGNO', '9013'],
    ['AAB301', request.region],
    ['AAZ507', request.resetInformation],
    ['AFLAG', request.algorithm],
    ['AAZ501', request.cardId],
    ['SJS1', request.internalFactor],
    ['SJS2', request.internalSource],
    ['SJS3', request.externalFactor],
    ['SJS4', request.externalSource],
  ]);
}

const down: EncryptionMachine = {
  ...machine,
  authenticate: async () => {
    throw new Fault('encryption.unreachable', { detail: 'no answer' });
  },
};

/** The machine with one of its results made wrong. */
function wrong(result: 'internal' | 'external'): EncryptionMachine {
  return {
    ...machine,
    authenticate: async (request) => ({
      ...(await machine.authenticate(request)),
      [result]: '00'.repeat(16),
    }),
  };
}

const two = { slot: 1, keyUsage: '48', keyIndex: '5D', cardKey: '07' };

interface Ways {
  readonly sam?: VirtualPsam | undefined;
  readonly psam?: typeof two;
  readonly machine?: EncryptionMachine;
}

const lost = new Promise<void>(() => {});

async function read(slot: CardInSlot, ways: Ways) {
  const reader: OpenReader = {
    slot,
    ...('sam' in ways ? { sams: [new CardInSlot(ways.sam)] } : {}),
    lost,
    close: async () => {},
  };
  const psams = new Map(ways.psam ? [['desk-1', ways.psam]] : []);
  const authenticator = authenticators({ psams, machine: ways.machine })('desk-1', reader);
  return readSocialSecurityCard(slot, (await slot.powerOn())!, authenticator);
}

const inserted = (profile = v3) => new CardInSlot(virtualCardOf(profile));

const opened = { cardNumber: v3.cardNumber, holder: { number: SAMPLE_NUMBER, name: SAMPLE_NAME } };

t.test('a PSAM opens a card of generation 3, whichever levels its key has', async (t) => {
  for (const psam of [
    two,
    { slot: 1, keyUsage: '28', keyIndex: '12', cardKey: '04' },
    { slot: 1, keyUsage: '67', keyIndex: '08', cardKey: '0D' },
  ]) {
    const card = await read(inserted(), { sam: new VirtualPsam(), psam });
    t.match(card, { ...opened, authenticatedBy: 'psam' });
    t.notOk('hindrance' in card);
  }
  const early = new VirtualPsam({ knowsItsName: false });
  t.match(await read(inserted(), { sam: early, psam: two }), { authenticatedBy: 'psam' });
});

t.test('the encryption machine opens it too, in every way that cards answer', async (t) => {
  for (const recordModes of [['tag'], ['number'], ['tag', 'number']] as ('tag' | 'number')[][]) {
    for (const getResponse of [true, false]) {
      const behaviour = { ...v3.behaviour, recordModes, getResponse };
      const card = await read(inserted({ ...v3, behaviour }), { machine });
      t.match(card, { ...opened, authenticatedBy: 'encryption-machine' });
    }
  }
});

t.test('an authenticated card is vouched for, one that was read freely is not', async (t) => {
  const told = async (profile: SocialSecurityProfile, ways: Ways) =>
    contentOf({ kind: 'social-security-card', card: await read(inserted(profile), ways) }, '20260302', false);
  t.match(await told(v3, { machine }), {
    verifiedBy: 'encryption-machine',
    assurance: 'chip-authenticated',
    holder: 'read',
  });
  t.match(await told(v3, { sam: new VirtualPsam(), psam: two }), { verifiedBy: 'psam' });
  t.match(await told(v2, { machine }), { verifiedBy: 'nobody', assurance: 'chip-read', holder: 'read' });
  t.match(await told(v3, {}), { verifiedBy: 'nobody', assurance: 'chip-read', holder: 'locked' });
});

t.test('a card that reads freely is not authenticated, at no cost of time', async (t) => {
  const slot = inserted(v2);
  await read(slot, { machine });
  t.notOk(slot.commands.some((command) => /^00(84|88|82)/.test(command)));
});

t.test('a PSAM that is absent or lacks the key leaves it to the encryption machine', async (t) => {
  const tried: [string, Ways][] = [
    ['an empty slot', { sam: undefined, psam: two }],
    ['no slot for one', { psam: two }],
    ['a module of another province', { sam: new VirtualPsam({ keyless: true }), psam: two }],
    ['a card without that key', { sam: new VirtualPsam(), psam: { ...two, cardKey: '55' } }],
  ];
  for (const [what, ways] of tried) {
    t.match(
      await read(inserted(), { ...ways, machine }),
      { ...opened, authenticatedBy: 'encryption-machine' },
      what,
    );
    const locked = await read(inserted(), ways);
    t.match(
      locked,
      { holder: 'locked', cardNumber: '', hindrance: { code: 'card.locked-data', detail: String } },
      what,
    );
    t.notOk('authenticatedBy' in locked);
  }
});

t.test('without any way the card stays as it was read, and nothing is tried', async (t) => {
  const slot = inserted();
  const card = await read(slot, {});
  t.match(card, { holder: 'locked', cardNumber: '' });
  t.notOk('hindrance' in card);
  t.notOk(slot.commands.some((command) => command.startsWith('0084')));
});

t.test('a machine that is down or refuses leaves the card locked and says why', async (t) => {
  const locked = await read(inserted(), { machine: down });
  t.match(locked, {
    holder: 'locked',
    hindrance: { code: 'encryption.unreachable', detail: 'no answer' },
  });
  const both = await read(inserted(), { sam: undefined, psam: two, machine: down });
  t.equal(both.hindrance?.code, 'encryption.unreachable', 'the last way that was tried');
});

t.test('a wrong internal result ends the reading before the card is shown anything', async (t) => {
  const slot = inserted();
  await t.rejects(read(slot, { machine: wrong('internal') }), { code: 'card.authentication' });
  t.notOk(slot.commands.some((command) => command.startsWith('0082')));
});

t.test('a wrong external result costs a try; out of tries, the right one comes too late', async (t) => {
  const slot = inserted();
  for (const sw of ['63C2', '63C1', '63C0', '6983']) {
    await t.rejects(read(slot, { machine: wrong('external') }), {
      code: 'card.authentication',
      context: { facts: { sw } },
    });
  }
  await t.rejects(read(slot, { machine }), { code: 'card.authentication' });
  const other = inserted();
  await t.rejects(read(other, { machine: wrong('external') }), { code: 'card.authentication' });
  t.match(await read(other, { machine }), opened, 'with tries left the right one still opens it');
});

t.test('a PSAM that the card rejects is not followed by another try', async (t) => {
  const slot = inserted();
  const psam = { ...two, cardKey: '0D' };
  await t.rejects(read(slot, { sam: new VirtualPsam(), psam, machine }), {
    code: 'card.authentication',
    context: { facts: { sw: '63C2' } },
  });
  t.equal(slot.commands.filter((command) => command.startsWith('0082')).length, 1);
});

t.test('a card that is pulled at any command is removed or was read whole', async (t) => {
  const whole = inserted();
  await read(whole, { machine });
  const count = whole.commands.length;
  for (let after = 1; after < count; after++) {
    const inner = virtualCardOf(v3);
    const slot = new CardInSlot({
      reset: () => inner.reset(),
      command(apdu) {
        if (slot.commands.length === after) slot.insert(undefined);
        return inner.command(apdu);
      },
    });
    await t.rejects(read(slot, { machine }), { code: 'card.removed' }, `after ${after} of ${count} commands`);
  }
});
