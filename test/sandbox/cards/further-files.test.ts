import fc from 'fast-check';
import t from 'tap';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';

const full = loadProfiles().get('social-security-v2-full') as SocialSecurityProfile;
const SELECT = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF';

function card(profile: SocialSecurityProfile = full) {
  const virtual = virtualCardOf(profile);
  virtual.reset();
  const ask = (apdu: string) => virtual.command(Buffer.from(apdu, 'hex')).toString('hex').toUpperCase();
  return { virtual, ask };
}

t.test(
  'applications are entered from the root, by file or by name, and left by the root’s name',
  async (t) => {
    const { ask } = card();
    t.equal(ask(SELECT).slice(0, 2), '61');
    t.equal(ask('00A4000002DF04'), '9000');
    t.equal(ask('00B2920000'), '6986', 'no file is selected');
    t.equal(ask('00A4020002EF06'), '9000');
    t.equal(ask('00B2920006'), '9204000123459000');
    t.equal(ask('00A4000002DF01'), '6A82', 'not below DF04');
    ask(SELECT);
    t.equal(ask('00A4040006D15600000500'), '9000', 'DF01 is called …00');
    t.equal(ask('00A4000002EF06'), '9000');
    t.equal(ask('00B2240005'), '24031111119000');
    t.equal(ask('00A4000002EF0A'), '6A82');
    ask(SELECT);
    t.equal(ask('00A4020002EF05'), '9000');
    t.equal(ask('00B2060006'), '0604203609199000');
    t.equal(ask('00A4040006D15600000508'), '6A82', 'no DF09');
  },
);

t.test('records are written after the PIN, keep their tag and length, and survive a reset', async (t) => {
  const { virtual, ask } = card();
  ask(SELECT);
  ask('00A4020002EF05');
  t.equal(ask('00DC0528060504 20260302'.replace(' ', '')), '6982');
  t.equal(ask('0020000003123456'), '9000');
  t.equal(ask('00DC0528060504 20260302'.replace(' ', '')), '9000');
  t.equal(ask('00DC052807050520260302AA'), '6700');
  t.equal(ask('00DC05280606042026 0302'.replace(' ', '')), '6700', 'another tag');
  t.equal(ask('00B2050006'), '0504202603029000');
  virtual.reset();
  ask(SELECT);
  ask('00A4020002EF05');
  t.equal(ask('00B2050006'), '0504202603029000');
  t.equal(ask('00DC0528060504 20260303'.replace(' ', '')), '6982', 'the PIN is asked for again');
});

t.test('the PIN has three tries, which a reset does not give back', async (t) => {
  const { virtual, ask } = card();
  t.equal(ask('00200000'), '63C3');
  t.equal(ask('0020000003000000'), '63C2');
  virtual.reset();
  t.equal(ask('0020000000'), '63C2');
  t.equal(ask('805E010007123456FF654321'), '9000');
  t.equal(ask('0020000003654321'), '9000');
  t.equal(ask('805E010003123456'), '6700');
  for (const answer of ['63C2', '63C1', '6983', '6983']) t.equal(ask('0020000003000000'), answer);
  t.equal(ask('0020000003654321'), '6983', 'locked for the right one too');
});

t.test('what its issuer blocked answers so', async (t) => {
  t.equal(card({ ...full, blocked: 'card' }).ask(SELECT), '6A81');
  const { ask } = card({ ...full, blocked: 'application' });
  t.equal(ask(SELECT), '6283');
  t.equal(ask('00A4020002EF05'), '9000');
  t.equal(ask('00B2020003'), '0201319000');
});

t.test('any command is answered with a status, and leaves the card usable', async (t) => {
  const heads = ['00A4', '00B2', '00B0', '00D6', '00DC', '0020', '805E'].map((head) =>
    Buffer.from(head, 'hex'),
  );
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }), (commands) => {
      const { virtual, ask } = card();
      for (const [at, rest] of commands.entries()) {
        const answer = virtual.command(Buffer.concat([heads[at % heads.length]!, rest]));
        if (answer.length < 2 || answer.length > 258) throw new Error('no status, or too long an answer');
      }
      virtual.reset();
      if (!ask(SELECT).startsWith('61')) throw new Error('unusable');
    }),
  );
  t.pass();
});
