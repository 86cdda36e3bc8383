import fc from 'fast-check';
import t from 'tap';
import {
  loadProfiles,
  profileOf,
  type SocialSecurityProfile,
  virtualCardOf,
  virtualResidentIdOf,
} from '../../../src/sandbox/cards/cards.ts';
import { SAMPLE_NUMBER } from '../../helper.ts';

const profiles = loadProfiles();
const SELECT = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF';

function card(id: string) {
  const virtual = virtualCardOf(profiles.get(id) as SocialSecurityProfile);
  const atr = virtual.reset().toString('hex').toUpperCase();
  return {
    virtual,
    atr,
    ask: (apdu: string) => virtual.command(Buffer.from(apdu, 'hex')).toString('hex').toUpperCase(),
  };
}

t.test('every profile names the sample person or nobody', async (t) => {
  t.ok(profiles.size >= 4);
  for (const profile of profiles.values()) {
    const number = profile.kind === 'resident-id-card' ? profile.text.number : profile.holder?.number;
    t.equal(number, SAMPLE_NUMBER, profile.id);
  }
});

t.test('generation 1 answers by record number as the captured cards do', async (t) => {
  const { atr, ask } = card('social-security-v1');
  t.equal(atr, '3B6D000000814E43238697159900BF7C7A');
  t.equal(ask('00B2010412'), '6986', 'nothing is selected');
  t.equal(ask('00A4020002EF05'), '6A82', 'the application comes first');
  t.equal(ask(SELECT), '6118');
  t.equal(ask('00C0000018'), '6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E9000');
  t.equal(ask('00C0000018'), '6700', 'nothing waits any more');
  t.equal(ask('00A4020002EF05'), '9000');
  t.equal(ask('00B2010012'), '6A86', 'not by tag');
  t.equal(ask('00B20104FF'), '6C12');
  t.equal(ask('00B2010412'), '0110639900D15600000500BF7C7A48FB49669000');
  t.equal(ask('00B2030406'), '0304312E30309000');
  t.equal(ask('00B20105FF'), '6C40', 'all records, as captured');
  t.equal(ask('00B2080400'), '6A83');
  t.equal(ask('00A4000002EF06'), '9000');
  t.match(ask('00B2010414'), /^0812/);
  t.match(ask('00B2020420'), /^091ED5C5C8FD00+9000$/);
  t.equal(ask('00B2030403'), '0A01319000', 'no name extension between name and sex');
});

t.test('generation 2 answers by tag and by short file id', async (t) => {
  const { ask } = card('social-security-v2');
  ask(SELECT);
  t.equal(ask('00B2062806'), '0604203609199000');
  t.equal(ask('00B24E3016'), `4E14${'00'.repeat(20)}9000`);
  t.equal(ask('00B20A3003'), '0A01319000');
  t.equal(ask('00B2043403'), '0A01319000');
  t.match(ask('0084000008'), /^[0-9A-F]{16}9000$/);
});

t.test('generation 3 says its algorithm and keeps the holder', async (t) => {
  const { ask } = card('social-security-v3');
  const waiting = ask(SELECT);
  t.match(ask(`00C00000${waiting.slice(2)}`), /9F0C03860103/);
  t.equal(ask('00A4020002EF06'), '9000');
  t.equal(ask('00B2080014'), '6982');
  t.equal(ask('00B2010414'), '6982');
  t.equal(ask('00B207280B'), '6982', 'its own number too');
});

t.test('an early card does not know its name', async (t) => {
  const { ask } = card('social-security-v1-early');
  t.equal(ask(SELECT), '6A82');
  t.equal(ask('00A4020002EF05'), '9000');
});

t.test('a reset forgets what was selected', async (t) => {
  const { virtual, ask } = card('social-security-v2');
  ask(SELECT);
  ask('00A4020002EF05');
  virtual.reset();
  t.equal(ask('00B2010012'), '6986');
});

t.test('any command is answered with a status, and leaves the card usable', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }), (commands) => {
      const { virtual, ask } = card('social-security-v2');
      for (const command of commands) {
        for (const bytes of [
          command,
          Uint8Array.of(0x00, 0xb2, ...command),
          Uint8Array.of(0x00, 0xa4, ...command),
        ]) {
          const answer = virtual.command(Buffer.from(bytes));
          if (answer.length < 2 || answer.length > 258) throw new Error('no status, or too long an answer');
        }
      }
      virtual.reset();
      if (!ask(SELECT).startsWith('61')) throw new Error('unusable');
    }),
  );
  t.pass();
});

t.test('the resident ID card has its blocks', async (t) => {
  const profile = profiles.get('resident-id');
  if (profile?.kind !== 'resident-id-card') return t.fail('no such profile');
  const { text, photo } = virtualResidentIdOf(profile);
  t.equal(text.length, 256);
  t.equal(text.subarray(122, 158).toString('utf16le'), SAMPLE_NUMBER);
  t.equal(text.subarray(248, 250).toString('utf16le'), ' ');
  t.equal(photo.length, 1024);
  return t.ok(photo.toString('hex').toUpperCase().startsWith('574C66007E003200'));
});

t.test('a profile that is none is refused with its place', async (t) => {
  const good = profiles.get('social-security-v1') as SocialSecurityProfile;
  t.throws(() => profileOf({ ...good, cardId: 'short' }, 'mine.json'), { message: /^mine\.json/ });
  t.throws(() => profileOf({ ...good, more: 1 }, 'mine.json'));
  t.throws(() => profileOf(undefined, 'mine.json'));
});
