import t from 'tap';
import { codeOf } from '../helper.ts';
import { eventually, openVpcd } from './ports.ts';
import { startVicc } from './vicc.ts';

const TIMEOUT_MS = 10_000;

t.test('the card of vsmartcard dials in, tells its ATR, and answers', async (t) => {
  const { port, slot } = await openVpcd(t);
  const vicc = startVicc(t, port);
  let reason: string | undefined;
  void vicc.ended.then((last) => {
    reason = last;
  });
  const atr = await eventually(
    async () => (await slot.powerOn(TIMEOUT_MS)) ?? (reason === undefined ? undefined : 'none'),
  );
  if (atr === 'none') {
    t.pass('vicc', { skip: `no vicc to run (Debian: vsmartcard-vpicc, python3-pycryptodome): ${reason}` });
    return;
  }
  const ask = async (hex: string) =>
    (await slot.transmit(Buffer.from(hex, 'hex'), TIMEOUT_MS)).toString('hex').toUpperCase();
  t.equal(atr[0], 0x3b);
  t.equal(
    atr.subarray(1).reduce((sum, byte) => sum ^ byte),
    0,
    'its check byte, the XOR of all behind the first',
  );
  t.equal(await ask('00A4000C023F00'), '9000', 'the master file is there');
  t.equal(await ask('00A4000C021234'), '6A82', 'another is not');
  t.match(await ask('0084000008'), /^[0-9A-F]{16}9000$/, 'a challenge');
  t.same(await slot.powerOn(TIMEOUT_MS), atr, 'after a reset the same');
  await slot.powerOff(TIMEOUT_MS);
  t.same(await slot.powerOn(TIMEOUT_MS), atr, 'and after a rest');
  t.equal(await codeOf(slot.transmit(Buffer.from('00A4000C023F00', 'hex'), TIMEOUT_MS)), 'none');
});
