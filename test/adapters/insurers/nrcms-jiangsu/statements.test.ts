import t from 'tap';
import type { OurRow } from '../../../../src/settlement/port.ts';
import { ListComparison } from '../../../../src/settlement/statements/rules.ts';
import { must } from '../nhsa/helper.ts';
import { countyBill, jiangsuParts, jsonOf } from './helper.ts';

const DAY = { from: '2026-03-02', to: '2026-03-02' };

t.test('a day of the county’s is compared with ours, and what stands there alone is undone', async (t) => {
  const { insurer, journal } = await jiangsuParts(t);
  const bill = countyBill();
  const { value: quote } = must(await insurer.quote(bill, journal.exchange));
  const settled = must(await insurer.settle(bill, quote, journal.exchange)).value;
  const { statements } = insurer;
  const listed = must(await statements.daily!(DAY, journal.exchange)).value;
  const ours: OurRow = {
    settlementId: 's',
    group: '',
    sign: 1,
    number: settled.number,
    ownId: 'o',
    at: settled.settledAt,
    totalFen: settled.split.totalFen,
    fundFen: settled.split.fundFen,
    accountFen: 0,
    cashFen: settled.split.cashFen,
    handle: quote.handle,
  };
  const agreed = new ListComparison(listed);
  t.equal(agreed.take(ours), undefined);
  t.same(agreed.rest(), []);

  const [alone] = new ListComparison(listed).rest();
  t.match(alone, { class: 'insurer-only', theirs: { number: settled.number, billNumber: bill.billNumber } });
  t.equal(must(await statements.undo(alone!.theirs!, journal.exchange)).value, 'undone');
  t.match(jsonOf(journal, 'ReSaveFybx'), {
    bxid: settled.number,
    invoiceId: bill.billNumber,
    cardid: quote.handle.cardid,
    Year: '2026',
  });

  const undone = must(await statements.daily!(DAY, journal.exchange)).value;
  t.match(undone, [{ sign: 1 }, { sign: -1, totalFen: -settled.split.totalFen }]);
  t.same(new ListComparison(undone).rest(), [], 'settled and undone there alone comes to nothing');
  const missed = new ListComparison(undone);
  t.equal(missed.take(ours), undefined);
  t.match(missed.rest(), [{ class: 'reversed-at-the-insurer-only', sign: -1 }]);
  t.match(await statements.undo(alone!.theirs!, journal.exchange), { kind: 'unknown' }, 'not undone twice');
});
