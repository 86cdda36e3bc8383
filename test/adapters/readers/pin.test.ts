import t from 'tap';
import { checkLength, entriesOf, pinCommandBytes } from '../../../adapters/readers/pin.ts';
import type { PinCommand } from '../../../src/card/port.ts';
import { codeOf } from './helper.ts';

const verify: PinCommand = {
  kind: 'verify',
  header: Buffer.from('00200000', 'hex'),
  digitsMin: 4,
  digitsMax: 12,
};
const change: PinCommand = { ...verify, kind: 'change', header: Buffer.from('805E0100', 'hex') };

function digits(text: string): Buffer {
  return Buffer.from([...text].map(Number));
}

function commandOf(command: PinCommand, ...pins: string[]): string {
  return pinCommandBytes(command, pins.map(digits)).toString('hex').toUpperCase();
}

t.test('VERIFY holds the PIN in packed digits, an odd count padded F', async (t) => {
  t.equal(commandOf(verify, '666666'), '0020000003666666', 'as captured');
  t.equal(commandOf(verify, '12345'), '002000000312345F');
  t.equal(commandOf(verify, '123456789012'), '0020000006123456789012');
});

t.test('CHANGE PIN holds the old one, FF and the new one', async (t) => {
  t.equal(commandOf(change, '123456', '888888', '888888'), '805E010007123456FF888888');
  t.equal(commandOf(change, '12345', '6789', '6789'), '805E01000612345FFF6789');
  t.equal(entriesOf(change), 3);
  t.equal(entriesOf(verify), 1);
});

t.test('a new PIN that is typed differently the second time changes nothing', async (t) => {
  t.equal(await codeOf((async () => commandOf(change, '123456', '888888', '888889'))()), 'pin.differs');
  t.equal(await codeOf((async () => commandOf(change, '123456', '888888', '88888'))()), 'pin.differs');
});

t.test('a PIN of a wrong length is told', async (t) => {
  for (const [text, code] of [
    ['', 'pin.length'],
    ['123', 'pin.length'],
    ['1234', 'none'],
    ['123456789012', 'none'],
    ['1234567890123', 'pin.length'],
  ] as const) {
    t.equal(await codeOf((async () => checkLength(digits(text), verify))()), code, `${text.length} digits`);
  }
});
