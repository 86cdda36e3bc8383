import { unzipSync, zipSync } from 'fflate';
import { chinaDate, chinaDateTime } from '../../clock.ts';
import { type Fen, fenOf, yuanOf } from '../../money.ts';
import { sharesOf } from './answers.ts';
import type { SettlementRow } from './book.ts';
import { Refusal } from './envelope.ts';
import { type Context, data, fen, type Handler, type Row, text } from './inputs.ts';

/** Sandbox: what the virtual platform has of a settlement, as its statements count it. */
interface Counted {
  readonly row: SettlementRow;
  readonly totalFen: Fen;
  readonly fundFen: Fen;
  readonly accountFen: Fen;
}

const REFUND = '1';
const KEPT_MS = 7 * 24 * 3_600_000;

/** 3201 compares sums; 3202 compares rows, and returns the platform's own under their msgid. */
export const statementHandlers: Readonly<Record<string, Handler>> = {
  '3201': (context) => {
    const input = data(context);
    const rows = countedOf(context, input).filter(({ row }) => row.insutype === text(input.insutype));
    const sum = (field: 'totalFen' | 'fundFen' | 'accountFen') =>
      rows.reduce((total, row) => total + row[field], 0);
    const same =
      rows.length === Number(text(input.fixmedins_setl_cnt)) &&
      sum('totalFen') === fen(input.medfee_sumamt, 'medfee_sumamt') &&
      sum('fundFen') === fen(input.fund_pay_sumamt, 'fund_pay_sumamt') &&
      sum('accountFen') === fen(input.acct_pay, 'acct_pay');
    const words = same ? '对账平' : `中心 ${rows.length} 笔 ${yuanOf(sum('totalFen'))}`;
    return {
      stmtinfo: { setl_optins: text(input.setl_optins), stmt_rslt: same ? '0' : '1', stmt_rslt_dscr: words },
    };
  },

  '3202': (context) => {
    const { book, request, now } = context;
    const input = data(context);
    const uploaded = book.files.content(text(input.file_qury_no), request.institution);
    if (!uploaded) throw new Refusal('未找到上传的明细文件');
    const ours = linesOf(uploaded);
    if (ours.length !== Number(text(input.fixmedins_setl_cnt))) throw new Refusal('笔数与明细文件不一致');
    const file = zipSync({ 'result.txt': Buffer.from(compared(ours, countedOf(context, input))) });
    const number = `fsi/${request.area}/${String(book.nextNumber('file')).padStart(18, '0')}`;
    const filename = 'result.zip';
    book.files.put(number, filename, request.institution, file);
    return { fileinfo: { file_qury_no: number, filename, dld_endtime: chinaDateTime(now + KEPT_MS) } };
  },
};

/** The rows of the days, the office, the clearing type and the refund flag that are asked about. */
function countedOf({ book }: Context, input: Row): Counted[] {
  const refund = text(input.refd_setl_flag || input.fixmedins_refd_setl_flag) === REFUND;
  const [from, to] = [text(input.stmt_begndate), text(input.stmt_enddate)];
  return book
    .settlements()
    .filter((row) => {
      const day = chinaDate(row.settled_at);
      return (
        row.state !== 'undone' &&
        (row.reverses !== null) === refund &&
        day >= from &&
        day <= to &&
        row.setl_id.startsWith(text(input.setl_optins)) &&
        clearingOf(row.infno) === text(input.clr_type)
      );
    })
    .map((row) => {
      const shares = sharesOf(row);
      const sign = refund ? -1 : 1;
      const fund = shares.funds.reduce((total, { amountFen }) => total + amountFen, 0);
      return {
        row,
        totalFen: sign * shares.totalFen,
        fundFen: sign * fund,
        accountFen: sign * shares.accountFen,
      };
    });
}

function clearingOf(infno: string): string {
  if (infno.startsWith('23')) return '21';
  return infno.startsWith('21') ? '41' : '11';
}

/** The lines of the one entry of a packed table. */
function linesOf(file: Uint8Array): string[][] {
  const [entry = new Uint8Array()] = Object.values(unzipSync(file));
  const lines = Buffer.from(entry).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => line.split('\t'));
}

function compared(ours: readonly string[][], theirs: readonly Counted[]): string {
  const left = new Map(theirs.map((each) => [each.row.setl_id, each]));
  const lines = ours.map(
    ([setlId = '', mdtrtId = '', psnNo = '', total = '', fund = '', account = '', flag = '']) => {
      const match = left.get(setlId);
      left.delete(setlId);
      const memo = !match ? '中心无此结算' : isSame(match, total, fund, account) ? '' : '金额不一致';
      const amounts = match ? amountsOf(match) : [total, fund, account];
      return [
        psnNo,
        mdtrtId,
        setlId,
        match?.row.msgid ?? 'null',
        memo === '' ? '0' : '1',
        flag,
        memo || 'null',
        ...amounts,
      ];
    },
  );
  for (const each of left.values()) {
    const { row } = each;
    const flag = row.reverses === null ? '0' : REFUND;
    lines.push([row.psn_no, 'null', 'null', row.msgid, '1', flag, '机构无此结算', ...amountsOf(each)]);
  }
  return lines.map((line) => `${line.join('\t')}\n`).join('');
}

function isSame(theirs: Counted, total: string, fund: string, account: string): boolean {
  const same = (text: string, expected: Fen) => {
    const amount = fenOf(text);
    return amount.ok && amount.value === expected;
  };
  return same(total, theirs.totalFen) && same(fund, theirs.fundFen) && same(account, theirs.accountFen);
}

function amountsOf({ totalFen, fundFen, accountFen }: Counted): string[] {
  return [yuanOf(totalFen), yuanOf(fundFen), yuanOf(accountFen)];
}
