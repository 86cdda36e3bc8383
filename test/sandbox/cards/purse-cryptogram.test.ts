import t from 'tap';
import {
  loadMac1,
  loadMac2,
  loadSessionKey,
  purchaseMac1,
  purchaseMac2,
  purchaseSessionKey,
  TEST_KEY,
} from '../../../src/sandbox/cards/purse-cryptogram.ts';

const hex = (bytes: Buffer) => bytes.toString('hex').toUpperCase();
const bytes = (text: string) => Buffer.from(text, 'hex');

const amount = bytes('00001000');
const terminal = bytes('001122334455');

t.test('the published vectors of a purchase come out', async (t) => {
  const session = purchaseSessionKey(TEST_KEY, bytes('11223344'), bytes('0000'), bytes('00000001'));
  t.equal(hex(session), '003238ABC57659DD');
  const fields = { amount, type: 0x06, terminal, stamp: bytes('20120229135100') };
  t.equal(hex(purchaseMac1(session, fields)), 'F15CAB75');
  t.equal(hex(purchaseMac2(session, fields)), '56988A13');
});

t.test('the published vectors of a load come out', async (t) => {
  const session = loadSessionKey(TEST_KEY, bytes('11223344'), bytes('0000'));
  t.equal(hex(session), '9B1D924E05595603');
  const fields = { balance: bytes('00000000'), amount, type: 0x01, terminal };
  t.equal(hex(loadMac1(session, fields)), '2988AE5A');
  t.equal(hex(loadMac2(session, { ...fields, stamp: bytes('20111221214822') })), '3A845BF0');
});
