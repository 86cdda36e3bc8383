import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import {
  meaningOf,
  type Order,
  orderFaults,
  orderOf,
  splitOf,
} from '../../../../adapters/insurers/mobile/orders.ts';
import { nextOf } from '../../../../adapters/insurers/mobile/way-out.ts';
import { faultsOf } from '../../../../src/settlement/rules.ts';
import { sampleBill } from '../nhsa/helper.ts';

const data = new URL('../../../../adapters/insurers/nhsa/data/code-tables.json', import.meta.url);
const STATES = Object.entries<string>(JSON.parse(readFileSync(data, 'utf8')).ordstas.codes);

function order(state: string, own = '50.85', account = '40.00', fund = '60.00'): Order {
  const answer = {
    payOrdId: 'P1',
    ordStas: state,
    feeSumamt: '150.85',
    ownPayAmt: own,
    psnAcctPay: account,
    fundPay: fund,
  };
  return orderOf({ data: answer });
}

t.test('every state of the code table has its meaning', async (t) => {
  const meanings = Object.fromEntries(
    STATES.map(([state]) => [
      state,
      [
        meaningOf(order(state)),
        meaningOf(order(state, '150.85', '0.00', '0')),
        meaningOf(order(state, '0', '50.85', '100.00')),
      ].join(' '),
    ]),
  );
  t.same(meanings, {
    '0': 'unpaid unpaid unpaid',
    '1': 'unpaid unpaid unpaid',
    '2': 'unpaid unpaid unpaid',
    '3': 'partly paid partly',
    '4': 'partly partly paid',
    '5': 'partly partly paid',
    '6': 'paid paid paid',
    '7': 'refunded refunded refunded',
    '8': 'unclear unclear refunded',
    '9': 'unclear refunded unclear',
    '10': 'unclear unclear unclear',
    '11': 'unclear unclear unclear',
    '12': 'gone gone gone',
    '13': 'unclear unclear unclear',
    '14': 'unclear unclear unclear',
    '15': 'gone gone gone',
    '16': 'unclear unclear unclear',
  });
});

t.test('a state the table lacks, or amounts that can’t be read, conclude nothing', async (t) => {
  for (const state of ['', '17', '6.0', 'null', 'toString'])
    t.equal(meaningOf(order(state)), 'unclear', state);
  t.equal(meaningOf(orderOf({ data: { ordStas: '4' } })), 'partly');
  t.equal(meaningOf(orderOf({ data: { ordStas: '8', ownPayAmt: '' } })), 'unclear');
  for (const output of [null, [], 'x', { data: 'x' }, { data: { ordStas: 6 } }])
    t.equal(meaningOf(orderOf(output)), 'unclear');
});

t.test('an order’s amounts make up its sum and the bill, and nothing but these do', async (t) => {
  const bill = sampleBill();
  t.same(orderFaults(order('6'), bill, 'all'), []);
  t.same(orderFaults(order('6'), bill, 'cash'), ['cash-only']);
  t.same(orderFaults(order('6', '50.84'), bill, 'all'), ['sum']);
  t.same(orderFaults(order('6'), { ...bill, leftFen: 1 }, 'all'), ['bill']);
  t.same(orderFaults(order('6', '-50.85'), bill, 'all'), ['readable', 'sum']);
  t.same(orderFaults(orderOf({ data: { feeSumamt: '0' } }), { ...bill, leftFen: 0 }, 'all'), ['readable']);
});

t.test('what adds up at the centre adds up at ours', async () => {
  const fen = fc.nat(1_000_000);
  fc.assert(
    fc.property(fen, fen, fen, (ownFen, accountFen, fundFen) => {
      const totalFen = ownFen + accountFen + fundFen;
      return faultsOf(splitOf({ totalFen, ownFen, accountFen, fundFen }), totalFen).length === 0;
    }),
  );
});

t.test('money is never declared not to have moved while it may have', async () => {
  const amount = fc.constantFrom('0', '50.00', '');
  const state = fc.constantFrom(...STATES.map(([code]) => code), '', '99');
  fc.assert(
    fc.property(state, amount, amount, amount, fc.nat(1_000_000), (code, own, account, fund, waited) => {
      const { is } = nextOf(
        order(code, own, account, fund),
        { of: 'settle', lost: { transaction: '6202', ownId: 'x', sentAt: 0, deadlineAt: 5_000 } },
        { payWithinMs: 300_000, now: waited },
      );
      const meaning = meaningOf(order(code, own, account, fund));
      if (is === 'undone') return meaning === 'gone' || meaning === 'refunded';
      if (is === 'revoke') return meaning === 'unpaid' && waited >= 300_000;
      return is === 'open' || (is === 'paid' && meaning === 'paid');
    }),
  );
});
