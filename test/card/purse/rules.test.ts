import t from 'tap';
import type { LogRecord } from '../../../src/card/purse/commands.ts';
import { type Evidence, judge, type Sent } from '../../../src/card/purse/rules.ts';

const terminal = Buffer.from('001122334455', 'hex');
const elsewhere = Buffer.from('665544332211', 'hex');

const sent: Sent = {
  ...{ kind: 'purchase', sequence: 7, balanceBeforeFen: 10_000, amountFen: 1_230 },
  ...{ terminal, stamp: '20260302090000' },
};
const record = (change: Partial<LogRecord> = {}): LogRecord => ({
  ...{ sequence: 7, amountFen: 1_230, type: 0x06, terminal, stamp: sent.stamp },
  ...change,
});
const seen = (change: Partial<Evidence>): Evidence => ({
  ...{ sequence: 8, balanceFen: 8_770, log: [record()] },
  ...change,
});

t.test('a raised number with our record in the log is a purchase that took effect', async (t) => {
  t.equal(judge(sent, seen({})), 'found-executed');
  t.equal(judge(sent, seen({ log: [record({ sequence: 8 })] })), 'found-executed', 'cards log either number');
  t.equal(judge(sent, seen({ sequence: undefined })), 'found-executed', 'the record is proof by itself');
  const later = record({ sequence: 8, terminal: elsewhere, stamp: '20260302100000' });
  t.equal(judge(sent, seen({ sequence: 9, log: [later, record()] })), 'found-executed', 'used since');
  const wrapped = { ...sent, sequence: 0xffff };
  t.equal(judge(wrapped, seen({ sequence: 0, log: [record({ sequence: 0xffff })] })), 'found-executed');
});

t.test('an unchanged number is a purchase that did not take effect, whatever was loaded since', async (t) => {
  const unchanged = { sequence: 7, balanceFen: 10_000, log: [] };
  t.equal(judge(sent, seen(unchanged)), 'found-not-executed');
  t.equal(judge(sent, seen({ ...unchanged, log: 'unreadable' })), 'found-not-executed');
  t.equal(judge(sent, seen({ ...unchanged, balanceFen: 15_000 })), 'found-not-executed');
  const load: Sent = { ...sent, kind: 'load' };
  t.equal(judge(load, seen({ ...unchanged, balanceFen: 9_000 })), 'found-not-executed', 'paid from since');
});

t.test('our number under another terminal is a purchase that did not take effect', async (t) => {
  for (const number of [7, 8]) {
    const theirs = record({ sequence: number, terminal: elsewhere });
    t.equal(judge(sent, seen({ log: [theirs] })), 'found-not-executed', `logged as ${number}`);
  }
});

t.test('what the card does not prove is left to a person', async (t) => {
  const cases: [string, Partial<Evidence>][] = [
    ['the number was raised and the log is unreadable', { log: 'unreadable' }],
    ['the number was raised and the log is empty', { log: [] }],
    ['nothing but the balance speaks', { sequence: undefined, log: [] }],
    ['the log says yes and the number no', { sequence: 7 }],
    ['the number says no and the balance yes', { sequence: 7, balanceFen: 8_770, log: [] }],
    ['our own terminal at another time', { log: [record({ stamp: '20260302090001' })] }],
    [
      'our record has been pushed out',
      { sequence: 30, log: [record({ sequence: 29, terminal: elsewhere })] },
    ],
    ['the log does not go with the number', { log: [record({ sequence: 3, terminal: elsewhere })] }],
    ['the number went back', { sequence: 2, log: [record({ sequence: 1, terminal: elsewhere })] }],
    ['a load has our number', { log: [record({ type: 0x02, terminal: elsewhere })] }],
  ];
  for (const [what, change] of cases) t.equal(judge(sent, seen(change)), 'undecidable', what);
});
