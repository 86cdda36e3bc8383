import t from 'tap';
import { loadProfiles, type SocialSecurityProfile } from '../../../src/sandbox/cards/cards.ts';
import { socialSecurityCard } from '../../../src/sandbox/cards/social-security.ts';
import { carriedOut } from '../../../src/sandbox/encryption/machine.ts';

const profile = loadProfiles().get('social-security-v3') as SocialSecurityProfile;
const SELECT = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF';
const SOURCE = '0102030405060708';
const CHALLENGE = '1112131415161718';

/** A card that draws the same challenge each time, and what the sandbox's machine shows it. */
function inserted() {
  const virtual = socialSecurityCard(profile, () => Buffer.from(CHALLENGE, 'hex'));
  virtual.reset();
  const ask = (apdu: string) => virtual.command(Buffer.from(apdu, 'hex')).toString('hex').toUpperCase();
  ask(SELECT);
  ask('00A4020002EF06');
  return { virtual, ask };
}

function results(order: Record<string, string>): Readonly<Record<string, string>> {
  const card = {
    AAB301: profile.cardId.slice(0, 6),
    AAZ507: profile.resetInformation,
    AFLAG: '03',
    AAZ501: profile.cardId,
  };
  return carriedOut(new Map(Object.entries({ ...card, ...order })));
}

const shown = () => results({ MSGNO: '9013', SJS3: CHALLENGE, SJS4: SOURCE }).RESULT2!;
const NAME = '00B2090020';

t.test('what the machine computes opens the holder, once the card drew its challenge', async (t) => {
  const { ask } = inserted();
  t.equal(ask(NAME), '6982');
  t.equal(ask(`0082000A10${shown()}`), '6985', 'no challenge was drawn');
  t.equal(ask('0084000008'), `${CHALLENGE}9000`);
  t.equal(ask(`0082000A10${shown()}`), '9000');
  t.match(ask(NAME), /^091ED5C5C8FD/);
  t.equal(ask(`0082000A10${shown()}`), '6985', 'a challenge serves once');
});

t.test('a reset and another SELECT close it again', async (t) => {
  for (const close of ['reset', 'select'] as const) {
    const { virtual, ask } = inserted();
    ask('0084000008');
    t.equal(ask(`0082000A10${shown()}`), '9000');
    if (close === 'reset') virtual.reset();
    ask(SELECT);
    ask('00A4020002EF06');
    t.equal(ask(NAME), '6982', close);
  }
});

t.test('each wrong cryptogram costs a try, which a reset does not give back', async (t) => {
  const { virtual, ask } = inserted();
  const wrong = `0082000A10${'00'.repeat(16)}`;
  const answers = ['63C2', '63C1', '63C0', '6983'].map((expected) => {
    ask('0084000008');
    const answer = ask(wrong);
    virtual.reset();
    ask(SELECT);
    return [answer, expected];
  });
  for (const [answer, expected] of answers) t.equal(answer, expected);
  ask('0084000008');
  t.equal(ask(`0082000A10${shown()}`), '6983');
});

t.test('a key that the card has not, and a wrong length, cost nothing', async (t) => {
  const { ask } = inserted();
  ask('0084000008');
  t.equal(ask(`0082005510${'00'.repeat(16)}`), '6A88');
  t.equal(ask('0082000A0400000000'), '6700');
  t.equal(ask(`0082000A10${shown()}`), '9000');
});

t.test('its internal authentication is what the machine computes', async (t) => {
  const { ask } = inserted();
  const { RESULT1 } = results({ MSGNO: '9013', SJS1: CHALLENGE, SJS2: SOURCE });
  t.equal(ask(`0088000010${CHALLENGE}${SOURCE}`), '6110');
  t.equal(ask('00C0000010'), `${RESULT1}9000`);
  t.equal(ask(`0088000008${CHALLENGE}`), '6700');
});

t.test('a key by its address opens the file that it is for, not the holder', async (t) => {
  const { ask } = inserted();
  const { RESULT } = results({ MSGNO: '9011', KEYADD: '00803F', KEYFAC: CHALLENGE, ODATA: SOURCE });
  ask('0084000008');
  t.equal(ask(`0082003F10${RESULT}`), '9000');
  t.equal(ask(NAME), '6982');
});

t.test('the machine refuses what it can’t compute with', async (t) => {
  const orders: Record<string, string>[] = [
    {},
    { MSGNO: '9999' },
    { MSGNO: '9013', AAZ501: '00' },
    { MSGNO: '9013', AAB301: '' },
    { MSGNO: '9013', AFLAG: '02' },
    { MSGNO: '9013', SJS1: '00', SJS2: SOURCE },
    { MSGNO: '9013', SJS3: CHALLENGE },
    { MSGNO: '9011', KEYADD: '3F', KEYFAC: CHALLENGE, ODATA: SOURCE },
  ];
  for (const order of orders) {
    t.match(results(order), { RETCODE: '-1', RETTEXT: /\p{Script=Han}/u }, JSON.stringify(order));
  }
});
