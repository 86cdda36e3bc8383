import { Fault } from '../../../src/errors.ts';
import {
  type Balance,
  type Details,
  DIFFERENCES_MAX,
  type Exchange,
  type FileFlows,
  LIST_ROWS_MAX,
  type OurRow,
  type Outcome,
  type Period,
  type RowAmounts,
  type Section,
  type SectionSums,
  type StatementFlows,
  storedBytes,
  type TheirRow,
} from '../../../src/settlement/port.ts';
import { firstOf } from './amounts.ts';
import { amountOf, type Decimals, isRecord, textOf } from './envelope.ts';
import { fileFieldsOf } from './files.ts';
import { accepted, Ended, flow } from './flow.ts';
import type { IntegrityOptions } from './integrity.ts';
import type { Platform } from './platform.ts';
import { packRows, type ReturnedRow, readRows, refundFlag } from './statement-file.ts';
import { type Group, groupOf, settlementOf } from './statement-groups.ts';

export interface StatementParts {
  readonly platform: Platform;
  readonly files: Pick<FileFlows, 'upload' | 'download'>;
  /** Groups to ask about whatever we have: insutype|clr_type|setl_optins. */
  readonly groups: readonly string[];
  readonly decimals: Decimals;
  readonly integrity: IntegrityOptions;
  readonly nothingToUndo: readonly string[];
}

const BALANCED = '0';

/** 3201, and 3202 with the files that go with it (9101, 9102). */
export class Statements implements StatementFlows {
  readonly groups: readonly string[];
  readonly #parts: StatementParts;

  constructor(parts: StatementParts) {
    this.groups = parts.groups;
    this.#parts = parts;
  }

  /** 3201. */
  totals(
    { group, refund }: Section,
    period: Period,
    sums: SectionSums,
    exchange: Exchange,
  ): Promise<Outcome<Balance>> {
    const { insutype, clr_type, setl_optins } = groupOf(group);
    return flow(async () => {
      const done = await accepted(
        this.#parts.platform,
        {
          infno: '3201',
          input: {
            data: {
              ...{ insutype, clr_type, setl_optins, ...datesOf(period), ...this.#amountsOf(sums) },
              acct_pay: amountOf(this.#parts.decimals, sums.accountFen),
              fixmedins_setl_cnt: this.#parts.decimals(String(sums.count)),
              ...flagsOf(refund),
            },
          },
          check: (output) =>
            resultOf(output) === '' ? '应答中没有对账结果 / the answer has no stmt_rslt' : undefined,
        },
        exchange,
      );
      const words = textOf(stmtinfoOf(done.output).stmt_rslt_dscr);
      return { value: { balanced: resultOf(done.output) === BALANCED, words }, at: done.at };
    });
  }

  /** 3202 does not tell insutypes apart. */
  detailGroupOf(group: string): string {
    const { clr_type, setl_optins } = groupOf(group);
    return `|${clr_type}|${setl_optins}`;
  }

  async details(
    section: Section,
    period: Period,
    rows: AsyncIterable<OurRow>,
    exchange: Exchange,
  ): Promise<Outcome<Details>> {
    const ours: OurRow[] = [];
    for await (const row of rows) {
      if (ours.length === LIST_ROWS_MAX) throw new Fault('statement.too-many');
      ours.push(row);
    }
    const details = { theirs: [] as TheirRow[], ours: [] as TheirRow[], cut: false };
    const outcome = await this.list(section, period, ours, exchange, ({ agrees, isOurs, ...row }) => {
      if (isOurs && agrees) return;
      const kind = isOurs ? details.ours : details.theirs;
      if (kind.length < DIFFERENCES_MAX) kind.push(row);
      else details.cut = true;
    });
    return outcome.kind === 'accepted' ? { ...outcome, value: details } : outcome;
  }

  /** 9101, 3202, 9102: hands over every row that comes back. Throws `insurer.file-broken`. */
  list(
    section: Section,
    period: Period,
    ours: readonly OurRow[],
    exchange: Exchange,
    take: (row: ReturnedRow) => void,
  ): Promise<Outcome<'read'>> {
    const { platform, files, decimals, integrity } = this.#parts;
    const group = groupOf(section.group);
    const name = fileNameOf(group, section.refund, period);
    return flow(async () => {
      const packed = storedBytes(packRows(`${name}.txt`, ours, integrity));
      const uploaded = await files.upload({ name: `${name}.zip`, content: packed }, exchange);
      if (uploaded.kind !== 'accepted') throw new Ended(uploaded);
      const sums = sumOf(ours);
      const done = await accepted(
        platform,
        {
          infno: '3202',
          input: {
            data: {
              setl_optins: group.setl_optins,
              file_qury_no: uploaded.value.fileNumber,
              ...{ ...datesOf(period), ...this.#amountsOf(sums) },
              cash_payamt: amountOf(decimals, sums.cashFen),
              fixmedins_setl_cnt: decimals(String(sums.count)),
              clr_type: group.clr_type,
              ...flagsOf(section.refund),
            },
          },
          check: (output) =>
            fileFieldsOf(output) ? undefined : '应答中没有文件查询号 / the answer has no file_qury_no',
        },
        exchange,
      );
      const { file_qury_no: fileNumber = '', filename = '' } = fileFieldsOf(done.output) ?? {};
      const result = await files.download({ fileNumber, name: filename }, exchange);
      if (result.kind !== 'accepted') throw new Ended(result);
      try {
        const transactionOf = (sign: 1 | -1) => settlementOf(group.clr_type, sign);
        for await (const row of readRows(result.value, transactionOf, integrity)) take(row);
      } finally {
        await result.value.discard();
      }
      return { value: 'read', at: result.at };
    });
  }

  /** 2601 by the msgid; 2208 or 2305 where only the number is known. */
  undo(row: TheirRow, exchange: Exchange): Promise<Outcome<'undone'>> {
    const { ownId, number, handle = {}, sign } = row;
    const psn_no = row.personNumber ?? handle.psn_no ?? '';
    const mdtrt_id = handle.mdtrt_id ?? '';
    const transaction = row.transaction ?? '2207';
    const reversal = transaction.startsWith('23') ? '2305' : '2208';
    const byNumber = sign === 1 && number !== undefined && mdtrt_id !== '';
    if (psn_no === '' || (ownId === undefined && !byNumber)) {
      throw new Fault('insurer.refused', { detail: '没有报文号或人员编号 / neither a msgid nor a psn_no' });
    }
    const call =
      ownId === undefined
        ? { infno: reversal, input: { data: { setl_id: number, mdtrt_id, psn_no } } }
        : { infno: '2601', input: { data: { psn_no, omsgid: ownId, oinfno: transaction } } };
    const insuredPlace = handle.insuplc_admdvs ?? '';
    return flow(async () => {
      const alreadySo = ownId === undefined ? [] : this.#parts.nothingToUndo;
      const done = await accepted(this.#parts.platform, { ...call, insuredPlace, alreadySo }, exchange);
      return { value: 'undone', at: done.at };
    });
  }

  #amountsOf({ totalFen, fundFen, accountFen }: RowAmounts) {
    const { decimals, integrity } = this.#parts;
    const fund = fundFen + (integrity.fundIncludesAccount ? accountFen : 0);
    return { medfee_sumamt: amountOf(decimals, totalFen), fund_pay_sumamt: amountOf(decimals, fund) };
  }
}

function datesOf({ from, to }: Period) {
  return { stmt_begndate: from, stmt_enddate: to };
}

/** Editions know one flag or the other (湖南: fixmedins_refd_setl_flag). */
function flagsOf(refund: boolean) {
  const flag = refundFlag(refund);
  return { refd_setl_flag: flag, fixmedins_refd_setl_flag: flag };
}

function fileNameOf({ clr_type, setl_optins }: Group, refund: boolean, { from, to }: Period): string {
  const days = from === to ? from : `${from}-${to}`;
  return `stmt-${days.replaceAll('-', '')}-${clr_type}-${setl_optins}-${refundFlag(refund)}`;
}

function stmtinfoOf(output: unknown): Record<string, unknown> {
  const node = isRecord(output) ? firstOf(output.stmtinfo) : {};
  // Some answer without the node.
  return Object.keys(node).length > 0 || !isRecord(output) ? node : output;
}

function resultOf(output: unknown): string {
  return textOf(stmtinfoOf(output).stmt_rslt);
}

function sumOf(rows: readonly OurRow[]): SectionSums {
  const sum = (field: 'totalFen' | 'fundFen' | 'accountFen' | 'cashFen') =>
    rows.reduce((total, row) => total + row[field], 0);
  return {
    count: rows.length,
    totalFen: sum('totalFen'),
    fundFen: sum('fundFen'),
    accountFen: sum('accountFen'),
    cashFen: sum('cashFen'),
  };
}
