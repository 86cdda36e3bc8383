import t from 'tap';
import { pinCommands, requireTaken, TRIES_QUERY, triesLeftOf } from '../../../src/card/pin/rules.ts';
import { Fault } from '../../../src/errors.ts';

t.test('the commands are those of the cards, with the PIN left out', async (t) => {
  t.equal(pinCommands.verify.header.toString('hex'), '00200000');
  t.equal(pinCommands.change.header.toString('hex'), '805e0100');
  t.equal(TRIES_QUERY.toString('hex'), '00200000', 'VERIFY without data');
});

t.test('tries that are left are told before the PIN is typed, where the card tells', async (t) => {
  t.equal(triesLeftOf(0x63c3), 3);
  t.equal(triesLeftOf(0x63cf), 15);
  for (const silent of [0x9000, 0x6700, 0x6a86, 0x6d00, 0x6300]) t.equal(triesLeftOf(silent), undefined);
  for (const locked of [0x6983, 0x6984, 0x63c0]) t.throws(() => triesLeftOf(locked), { code: 'pin.locked' });
});

t.test('each answer to a PIN has its meaning', async (t) => {
  t.doesNotThrow(() => requireTaken(0x9000));
  const meanings: [number, string, object][] = [
    [0x63c2, 'pin.wrong', { sw: '63C2', triesLeft: 2 }],
    [0x63c1, 'pin.wrong', { sw: '63C1', triesLeft: 1 }],
    [0x6300, 'pin.wrong', { sw: '6300' }],
    [0x63c0, 'pin.locked', { sw: '63C0' }],
    [0x6983, 'pin.locked', { sw: '6983' }],
    [0x6984, 'pin.locked', { sw: '6984' }],
    [0x6700, 'pin.length', { sw: '6700' }],
    [0x6a88, 'card.refused', { sw: '6A88' }],
  ];
  for (const [sw, code, facts] of meanings) {
    const fault = t.throws(() => requireTaken(sw)) as Fault;
    t.strictSame([fault.code, fault.context.facts], [code, facts]);
  }
  for (let sw = 0; sw <= 0xffff; sw += 7) {
    try {
      requireTaken(sw);
      if (sw !== 0x9000) t.fail(`${sw} was taken`);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
});
