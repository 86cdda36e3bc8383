import { type Fen, fenOf, yuanOf } from '../../../src/money.ts';
import type { OurRow, StoredFile, TheirRow } from '../../../src/settlement/port.ts';
import type { IntegrityOptions } from './integrity.ts';
import { type Row, readTable, writeTable } from './table-file.ts';
import { broken } from './zip-reader.ts';

/** What goes up with 3202 (接口规范 3202, 上传明细文件). */
const UPLOADED = [
  'setl_id',
  'mdtrt_id',
  'psn_no',
  'medfee_sumamt',
  'fund_pay_sumamt',
  'acct_pay',
  'refd_setl_flag',
] as const;

/** What comes back. What the platform has and we have not stands without setl_id, under its msgid. */
const RETURNED = [
  'psn_no',
  'mdtrt_id',
  'setl_id',
  'msgid',
  'stmt_rslt',
  'refd_setl_flag',
  'memo',
  'medfee_sumamt',
  'fund_pay_sumamt',
  'acct_pay',
] as const;

const AGREES = '0';
const REFUND = '1';
const NO_REFUND = '0';

export function refundFlag(refund: boolean): string {
  return refund ? REFUND : NO_REFUND;
}

/** Packs our rows, a reversal with its negative amounts. */
export function packRows(
  name: string,
  rows: Iterable<OurRow>,
  { fundIncludesAccount }: IntegrityOptions,
): Buffer {
  const lines = function* (): Generator<Row> {
    for (const { number, handle, totalFen, fundFen, accountFen, sign } of rows) {
      const fund = fundFen + (fundIncludesAccount ? accountFen : 0);
      yield [
        number,
        handle.mdtrt_id ?? '',
        handle.psn_no ?? '',
        yuanOf(totalFen),
        yuanOf(fund),
        yuanOf(accountFen),
        refundFlag(sign === -1),
      ];
    }
  };
  return writeTable(name, UPLOADED, lines());
}

/** A row that came back: of ours, whether the platform has it so; or one that only the platform has. */
export interface ReturnedRow extends TheirRow {
  readonly agrees: boolean;
  readonly isOurs: boolean;
}

/** Reads a result file row by row. Throws `insurer.file-broken`. */
export async function* readRows(
  file: StoredFile,
  transactionOf: (sign: 1 | -1) => string,
  { fundIncludesAccount }: IntegrityOptions,
): AsyncGenerator<ReturnedRow> {
  for await (const rows of readTable(file, RETURNED, { width: 'atLeast' })) {
    for (const row of rows) {
      const of = (column: (typeof RETURNED)[number]) => (row[RETURNED.indexOf(column)] ?? '').trim();
      const total = amountOf(of('medfee_sumamt'));
      const sign = of('refd_setl_flag') === REFUND || total < 0 ? -1 : 1;
      // Some write a refund as positive amounts under its flag.
      const signed = (fen: Fen) => (sign === -1 && fen > 0 ? -fen : fen);
      const account = signed(amountOf(of('acct_pay')));
      const fund = signed(amountOf(of('fund_pay_sumamt'))) - (fundIncludesAccount ? account : 0);
      yield {
        sign,
        agrees: of('stmt_rslt') === AGREES,
        isOurs: of('setl_id') !== '',
        totalFen: signed(total),
        fundFen: fund,
        accountFen: account,
        transaction: transactionOf(sign),
        ...some('number', of('setl_id')),
        ...some('ownId', of('msgid')),
        ...some('personNumber', of('psn_no')),
        ...some('memo', of('memo')),
      };
    }
  }
}

function amountOf(text: string): Fen {
  const fen = fenOf(text);
  if (!fen.ok) throw broken('金额无法识别 / an amount cannot be read');
  return fen.value;
}

function some<K extends string>(key: K, text: string): { [P in K]?: string } {
  return text === '' ? {} : ({ [key]: text } as { [P in K]: string });
}
