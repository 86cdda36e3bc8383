import fc from 'fast-check';
import t from 'tap';
import { VirtualPsam } from '../../../src/sandbox/cards/psam.ts';

function module(options?: ConstructorParameters<typeof VirtualPsam>[0]) {
  const virtual = new VirtualPsam(options);
  virtual.reset();
  const ask = (apdu: string) => virtual.command(Buffer.from(apdu, 'hex')).toString('hex').toUpperCase();
  return { virtual, ask };
}

const SELECT = '00A4040006D15600000590';
const DERIVE = `BFDE485D18${'11'.repeat(24)}`;
const ENCRYPT = '80FA0000081122334455667788';

t.test('a module is selected, derives a key and encrypts with it, in this order only', async (t) => {
  const { virtual, ask } = module();
  t.equal(ask(DERIVE), '6985');
  t.equal(ask(SELECT), '9000');
  t.equal(ask(ENCRYPT), '6985');
  t.equal(ask(DERIVE), '9000');
  t.equal(ask(ENCRYPT), '6108');
  const cryptogram = ask('00C0000008');
  t.match(cryptogram, /^[0-9A-F]{16}9000$/);
  t.equal(ask('00C0000008'), '6700', 'it is given once');
  ask(ENCRYPT);
  t.equal(ask('00C0000008'), cryptogram, 'the same key makes the same of it');
  virtual.reset();
  ask(SELECT);
  t.equal(ask(ENCRYPT), '6985', 'a reset forgets the key');
});

t.test('each factor changes the cryptogram', async (t) => {
  const seen = new Set<string>();
  for (const data of [
    '11'.repeat(24),
    `${'11'.repeat(23)}12`,
    `12${'11'.repeat(23)}`,
    `${'11'.repeat(8)}12${'11'.repeat(15)}`,
  ]) {
    const { ask } = module();
    ask(SELECT);
    t.equal(ask(`BFDE485D18${data}`), '9000');
    ask(ENCRYPT);
    seen.add(ask('00C0000008'));
  }
  t.equal(seen.size, 4);
});

t.test('a wrong key, a wrong length and a wrong name are refused', async (t) => {
  const { ask } = module();
  t.equal(ask('00A4040006D15600000501'), '6A82');
  t.equal(ask('00A4000002DF01'), '9000');
  t.equal(ask(`BFDE481218${'11'.repeat(24)}`), '6A88');
  t.equal(ask(`BFDE485D10${'11'.repeat(16)}`), '6700');
  t.equal(ask('80FA00000411223344'), '6985');
  t.equal(ask('0084000008'), '6D00');
  const keyless = module({ keyless: true }).ask;
  keyless(SELECT);
  t.equal(keyless(DERIVE), '6A88');
  t.equal(module({ knowsItsName: false }).ask(SELECT), '6A82');
});

t.test('any command is answered with a status', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (commands) => {
      const { virtual } = module();
      return commands.every((command) => {
        const answers = ['', 'BFDE', '80FA', '00A4', '00C0'].map((head) =>
          virtual.command(Buffer.concat([Buffer.from(head, 'hex'), command])),
        );
        return answers.every((answer) => answer.length >= 2 && answer.length <= 258);
      });
    }),
  );
});
