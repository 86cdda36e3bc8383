import t from 'tap';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';
import { VirtualPursePsam } from '../../../src/sandbox/cards/purse-psam.ts';

const SELECT = '00A4040006D1560000050A';
const SELECT_CARD = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF';

function card() {
  const virtual = virtualCardOf(loadProfiles().get('social-security-v2') as SocialSecurityProfile);
  virtual.reset();
  return (apdu: string) => virtual.command(Buffer.from(apdu, 'hex')).toString('hex').toUpperCase();
}

t.test(
  'the purse is an application of the social-security card, and the card is as it was beside it',
  async (t) => {
    const ask = card();
    t.match(ask(SELECT_CARD), /^61/);
    t.equal(ask('00A4020002EF05'), '9000');
    t.equal(ask('805C000204'), '6E00', 'not selected');
    t.equal(ask(SELECT), '610A');
    t.equal(ask('00C000000A'), '6F088406D1560000050A9000');
    t.equal(ask('805C000204'), '00004E209000');
    t.match(ask('00B095001E'), /^0{24}01000000000000020{20}9000$/);
    t.equal(ask('00B201C417'), '6A83', 'nothing is logged yet');
    t.match(ask(SELECT_CARD), /^61/);
    t.equal(ask('805C000204'), '6E00', 'left again');
  },
);

t.test('DEBIT wants INITIALIZE before it and a MAC1 that is right', async (t) => {
  const ask = card();
  ask(SELECT);
  t.equal(ask('805401000F00000001201202291351000000000008'), '6985');
  t.equal(ask('805001020B01000010000011223344550F'), '610F');
  t.equal(ask('805401000F00000001201202291351000000000008'), '9302');
  t.equal(ask('805001020B01000100000011223344550F'), '9401', 'more than it holds');
  t.equal(ask('805C000204'), '00004E209000', 'nothing was debited');
});

t.test('the PSAM computes the published MAC1, and takes the published MAC2 once', async (t) => {
  const psam = new VirtualPursePsam();
  psam.reset();
  const ask = (apdu: string) => psam.command(Buffer.from(apdu, 'hex')).toString('hex').toUpperCase();
  t.equal(ask('00B0960006'), '0011223344559000');
  const begin = '807000001C112233440000000010000620120229135100010020161221000010' + '0308';
  t.equal(ask(begin), '6108');
  t.equal(ask('00C0000008'), '00000001F15CAB759000');
  t.equal(ask('807200000456988A13'), '9000');
  t.equal(ask('807200000456988A13'), '6985');
  ask(begin);
  t.equal(ask('807200000400000000'), '9302');
});

t.test('a PSAM around another leaves to it what it does not know', async (t) => {
  const inner = {
    reset: () => Buffer.from('3B00', 'hex'),
    command: (apdu: Buffer) => Buffer.concat([apdu.subarray(0, 2), Buffer.of(0x90, 0x00)]),
  };
  const psam = new VirtualPursePsam({ terminal: '001122334455' }, inner);
  t.equal(psam.reset().toString('hex'), '3b00');
  const ask = (apdu: string) => psam.command(Buffer.from(apdu, 'hex')).toString('hex').toUpperCase();
  t.equal(ask('BFDE481200'), 'BFDE9000');
  t.equal(ask('00C0000008'), '00C09000');
  t.equal(ask('00B0960006'), '0011223344559000');
});
