import fc from 'fast-check';
import t from 'tap';
import { type HealthCardProfile, loadProfiles } from '../../../src/sandbox/cards/cards.ts';
import { type HealthCardKeys, VirtualHealthCard } from '../../../src/sandbox/cards/health-card.ts';

const profile = loadProfiles().get('health-card') as HealthCardProfile;

function card(keys?: HealthCardKeys) {
  const virtual = new VirtualHealthCard(profile, keys);
  virtual.reset();
  const ask = (apdu: string) => virtual.command(Buffer.from(apdu, 'hex')).toString('hex').toUpperCase();
  return { virtual, ask };
}

t.test('it answers as the captured card does', async (t) => {
  const { ask, virtual } = card();
  t.equal(virtual.reset().subarray(-8).toString('hex').toUpperCase(), '0081866B00001015');
  t.equal(ask('00A4000002EF05'), '6A82', 'the application comes first');
  t.equal(ask('00A4000002DDF1'), '6112');
  t.equal(ask('00C0000012'), '6F10840C57532E5359532E4444463031A5009000');
  t.equal(ask('00A4000002EF05'), '9000');
  t.equal(ask('00B2390005'), '39032100009000');
  t.equal(ask('00B2010003'), '0101319000');
  t.equal(ask('00B2020006'), '0204303030329000');
  t.equal(ask('00B20100FF'), '6C03');
  t.equal(ask('00B2050000'), '6A83', 'no certificate');
  t.equal(ask('00A404000F7378312E73682EC9E7BBE1B1A3D5CF'), '6A82', 'no social-security application');
  t.equal(ask('00A4000002DF01'), '9000');
  t.equal(ask('00A4000002DF02'), '6A82', 'one application is not below the other');
});

t.test('it takes the captured cryptogram for the captured challenge, once', async (t) => {
  const { ask } = card({
    random: () => Buffer.from('76DE041CB26AEEF9', 'hex'),
    cryptogram: (challenge) =>
      Buffer.from(challenge.toString('hex') === '76de041cb26aeef9' ? 'DB684C8DDA32120C' : '', 'hex'),
  });
  const shown = '0082008411DB684C8DDA32120C112233445566778801';
  t.equal(ask(shown), '6985', 'no challenge was drawn');
  t.equal(ask('0084000008'), '76DE041CB26AEEF99000');
  t.equal(ask(shown), '9000');
  t.equal(ask(shown), '6985');
  ask('0084000008');
  t.equal(ask(shown.replace('DB68', 'DB69')), '6300');
  t.equal(card().ask(shown), '6A88', 'a card of the sandbox has no key of its own');
});

t.test('any command is answered with a status, and leaves the card usable', async (t) => {
  const heads = ['00A4', '00B2', '00B0', '00D6', '00DC', '0084', '0082', '00C0'].map((head) =>
    Buffer.from(head, 'hex'),
  );
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }), (commands) => {
      const { virtual, ask } = card();
      ask('00A4000002DDF1');
      for (const [at, rest] of commands.entries()) {
        const answer = virtual.command(Buffer.concat([heads[at % heads.length]!, rest]));
        if (answer.length < 2 || answer.length > 258) throw new Error('no status, or too long an answer');
      }
      virtual.reset();
      if (ask('00A4000002DDF1') !== '6112') throw new Error('unusable');
    }),
  );
  t.pass();
});
