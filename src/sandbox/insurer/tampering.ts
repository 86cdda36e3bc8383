import { sharesOf } from './answers.ts';
import type { Book, SettlementRow } from './book.ts';
import type { Tampering } from './port.ts';

/** Sandbox: changes the virtual platform's ledger behind everybody's back. */
export function tamperWith(book: Book, change: Tampering, now: number): void {
  const row = book.settlement('msgid', change.act === 'invent' ? change.like : change.msgid);
  if (!row) throw new Error('the virtual platform has no such settlement');
  const next = () => row.setl_id.slice(0, 7) + String(book.nextNumber('settlement')).padStart(14, '0');
  const act: Readonly<Record<Tampering['act'], () => void>> = {
    forget: () => book.tamper(row.setl_id, undefined),
    revive: () => book.setState(row.setl_id, 'live'),
    invent: () =>
      book.addSettlement({
        ...row,
        ...{ setl_id: next(), msgid: change.msgid, state: 'live', settled_at: now },
      }),
    reverse: () => {
      const reversal: SettlementRow = {
        ...row,
        ...{ setl_id: next(), msgid: 'as' in change ? change.as : '', infno: '2208', state: 'reversal' },
        ...{ reverses: row.setl_id, settled_at: now },
      };
      book.addSettlement(reversal);
      book.setState(row.setl_id, 'reversed');
    },
    overcharge: () => {
      const shares = sharesOf(row);
      const byFen = 'byFen' in change ? change.byFen : 0;
      const more = { totalFen: shares.totalFen + byFen, cashFen: shares.cashFen + byFen };
      book.tamper(row.setl_id, { ...shares, ...more });
    },
  };
  act[change.act]();
}
