import fc from 'fast-check';
import t from 'tap';
import {
  amountBytes,
  balanceOf,
  credit,
  credited,
  creditSam,
  debit,
  debited,
  endingOf,
  GET_BALANCE,
  getTransactionProve,
  initForLoad,
  initForPurchase,
  initSam,
  loadBegun,
  logRecord,
  PURSE_FEN_MAX,
  proofTac,
  purchaseBegun,
  readLog,
  refusal,
  samBegun,
  serialOf,
} from '../../../src/card/purse/commands.ts';
import { Fault } from '../../../src/errors.ts';

const hex = (bytes: Buffer) => bytes.toString('hex').toUpperCase();
const bytes = (text: string) => Buffer.from(text, 'hex');
const terminal = bytes('001122334455');
const beginning = { keyIndex: 1, amountFen: 0x1000, terminal };

t.test('commands are as the published scripts have them', async (t) => {
  t.equal(hex(GET_BALANCE), '805C000204');
  t.equal(hex(initForPurchase(beginning)), '805001020B01000010000011223344550F');
  t.equal(hex(debit(1, '20120229135100', bytes('F15CAB75'))), '805401000F0000000120120229135100F15CAB7508');
  t.equal(hex(initForLoad(beginning)), '805000020B010000100000112233445510');
  t.equal(hex(credit('20111221214822', bytes('3A845BF0'))), '805200000B201112212148223A845BF004');
  t.equal(hex(getTransactionProve(0x06, 5)), '805A000602000508');
  t.equal(hex(readLog(0x18, 1)), '00B201C417');
  t.equal(hex(creditSam(bytes('56988A13'))), '807200000456988A13');
});

t.test('what goes to the PSAM has 14h bytes, and eight more for each level of its key', async (t) => {
  const begun = purchaseBegun(bytes('000010000000000000010011223344'));
  const sam = { begun, amountFen: 0x1000, stamp: '20120229135100', serial: bytes('2016122100001003') };
  t.equal(
    hex(initSam({ ...sam, factors: [] })),
    `807000001C11223344000000001000062012022913510001002016122100001003` + '08',
  );
  t.equal(initSam({ ...sam, factors: [bytes('0792800000000145')] })[4], 0x24);
});

t.test('answers are taken apart', async (t) => {
  t.equal(balanceOf(bytes('0000ABCD')), 43_981);
  t.match(purchaseBegun(bytes('000010000005000000010011223344')), {
    balanceFen: 4_096,
    sequence: 5,
    keyVersion: 1,
    algorithm: 0,
    random: bytes('11223344'),
  });
  t.match(loadBegun(bytes('0000000000080100112233442988AE5A')), {
    balanceFen: 0,
    sequence: 8,
    random: bytes('11223344'),
    mac1: bytes('2988AE5A'),
  });
  t.same(samBegun(bytes('00000001F15CAB75')), { terminalSequence: 1, mac1: bytes('F15CAB75') });
  t.same(
    debited(bytes('A5717B4F9909F538')),
    { tac: bytes('A5717B4F'), mac2: bytes('9909F538') },
    'as captured',
  );
  t.equal(hex(credited(bytes('A5717B4F'))), 'A5717B4F');
  t.equal(hex(proofTac(bytes('9909F538A5717B4F'))), 'A5717B4F');
  t.equal(hex(serialOf(bytes(`${'00'.repeat(12)}2016122100001003${'00'.repeat(10)}`))), '2016122100001003');
});

t.test('a record of the log is taken apart, a place never written is none', async (t) => {
  t.match(logRecord(bytes('0005000000000000010936048660000220161221101112')), {
    sequence: 5,
    amountFen: 1,
    type: 0x09,
    terminal: bytes('360486600002'),
    stamp: '20161221101112',
  });
  for (const blank of ['00', 'FF']) t.equal(logRecord(bytes(blank.repeat(23))), undefined);
  t.equal(logRecord(bytes('0005')), undefined);
});

t.test('an answer of another length is a fault, whatever it is', async (t) => {
  const readers = [balanceOf, purchaseBegun, loadBegun, samBegun, debited, credited, proofTac];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(readers.length - 1), (data, at) => {
      try {
        readers[at]!(Buffer.from(data));
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'reader.protocol') throw error;
      }
      logRecord(Buffer.from(data));
    }),
  );
  t.throws(() => balanceOf(bytes('000000')), { code: 'reader.protocol' });
});

t.test('amounts are whole fen that a purse can hold', async (t) => {
  t.equal(hex(amountBytes(PURSE_FEN_MAX)), '7FFFFFFF');
  for (const amount of [-1, 0.5, PURSE_FEN_MAX + 1, Number.NaN]) t.throws(() => amountBytes(amount));
});

t.test('a status word says whether anything can have been changed', async (t) => {
  t.equal(endingOf(0x9000), 'done');
  for (const sw of [0x6985, 0x6982, 0x9302, 0x9303, 0x9401, 0x9403, 0x9406, 0x6d00]) {
    t.equal(endingOf(sw), 'refused', sw.toString(16));
  }
  for (const sw of [0x6400, 0x6581, 0x6200, 0x6300, 0x6f00, 0x61ff]) {
    t.equal(endingOf(sw), 'unclear', sw.toString(16));
  }
});

t.test('too small a balance has a code of its own', async (t) => {
  t.match(refusal(0x9401, 'x'), { code: 'purse.balance', context: { facts: { sw: '9401' } } });
  for (const sw of [0x9302, 0x9303, 0x9403, 0x9406]) t.equal(refusal(sw, 'x').code, 'purse.refused');
});
