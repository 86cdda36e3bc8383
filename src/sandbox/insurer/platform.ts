import type { IncomingHttpHeaders } from 'node:http';
import { LosslessNumber } from 'lossless-json';
import { type Clock, chinaDate } from '../../clock.ts';
import { fenOf, yuanOf } from '../../money.ts';
import { isReversal, sharesOf } from './answers.ts';
import type { Shares } from './benefits.ts';
import { Book, type SettlementRow } from './book.ts';
import { tamperedData } from './centres.ts';
import { type Answer, Refusal, type Request, readRequest, signatureFault } from './envelope.ts';
import type { UploadedFile } from './files.ts';
import type { OrderRow as Order } from './order-book.ts';
import type {
  LedgerRow,
  Misbehaviour,
  OrderRow,
  Signing,
  Specification,
  Tampering,
  VirtualCatalogues,
} from './port.ts';
import { tamperWith } from './tampering.ts';
import { handlersOf } from './transactions.ts';

export interface PlatformOptions {
  readonly file: string | undefined;
  readonly specification: Specification;
  readonly signing: Signing;
  readonly clock: Clock;
  readonly catalogues?: VirtualCatalogues | undefined;
}

/** Transactions whose msgid must never act twice: what moves money, and admissions, which 2601 undoes. */
const MONEY: ReadonlySet<string> = new Set([
  ...['2102', '2103', '2207', '2208', '2304', '2305', '2401', '2601'],
]);
const ERROR_LENGTH_MAX = 200;

/** The virtual platform without its wire: checks a request, acts on it, and says what to answer. */
export class VirtualPlatform {
  readonly #options: PlatformOptions;
  readonly #book: Book;
  readonly #handlerOf: ReturnType<typeof handlersOf>;

  constructor(options: PlatformOptions) {
    this.#options = options;
    this.#book = new Book(options.file);
    this.#handlerOf = handlersOf(options.specification, options.catalogues);
  }

  /** The words of the gateway's refusal, where the signature doesn't hold. */
  gatewayRefusal(headers: IncomingHttpHeaders): string | undefined {
    return signatureFault(headers, this.#options.signing, this.#options.clock.now());
  }

  /** Reads a request; what is wrong with it is answered as a refusal. */
  read(text: string, file?: UploadedFile): Request | Answer {
    try {
      return { ...readRequest(text), ...(file && { file }) };
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** Does what the request asks, all of it or nothing. */
  act(request: Request): Answer {
    try {
      this.#check(request);
      const output = this.#book.atomically(() => {
        this.#remember(request);
        return this.#handlerOf(request.infno)({ book: this.#book, request, now: this.#options.clock.now() });
      });
      return output instanceof Refusal ? refusalOf(output) : { output, refusal: '' };
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** As `act`, for a request that came in the envelope of one of the centres, which knows no sessions. */
  actSealed(infno: string, input: unknown, patientPaysLater: boolean): Answer {
    const request = { ...NO_ENVELOPE, infno, input, patientPaysLater };
    try {
      this.#checkInput(request);
      const now = this.#options.clock.now();
      const output = this.#book.atomically(() => this.#handlerOf(infno)({ book: this.#book, request, now }));
      return output instanceof Refusal ? refusalOf(output) : { output, refusal: '' };
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** Counts the platform's own messages. */
  nextSerial(): number {
    return this.#book.nextNumber('message');
  }

  orders(): OrderRow[] {
    return this.#book.orders.orders().map(orderRow);
  }

  ledger(): LedgerRow[] {
    return this.#book.settlements().map(ledgerRow);
  }

  tamper(change: Tampering): void {
    this.#book.atomically(() => tamperWith(this.#book, change, this.#options.clock.now()));
  }

  close(): void {
    this.#book.close();
  }

  #checkInput({ infno, input }: Pick<Request, 'infno' | 'input'>): void {
    const { specification } = this.#options;
    if (!specification.has(infno)) throw new Refusal('交易编号不存在');
    const problem = specification.requestProblem(infno, input);
    if (problem) throw new Refusal(`入参校验失败:${problem.pointer} ${problem.message}`);
  }

  #check({ infno, signNo, opter, input }: Request): void {
    this.#checkInput({ infno, input });
    const { clock } = this.#options;
    if (infno === '9001') return;
    const session = this.#book.session(signNo);
    if (session?.opter !== opter || session.day !== chinaDate(clock.now())) {
      throw new Refusal('操作员未签到或签到已失效,请先签到');
    }
  }

  #remember({ infno, msgid }: Request): void {
    if (!MONEY.has(infno)) return;
    const known = this.#book.remember(msgid);
    if (known === 'used') throw new Refusal('报文ID重复');
    if (known === 'cancelled') throw new Refusal('该报文已被冲正,不再处理');
  }
}

function refusalOf(error: unknown): Answer {
  if (!(error instanceof Refusal)) throw error;
  return { output: {}, refusal: error.message.slice(0, ERROR_LENGTH_MAX) };
}

/** What a request inside the envelope has none of. */
const NO_ENVELOPE = {
  msgid: '',
  area: '',
  insuredPlace: '',
  opter: '',
  institution: '',
  institutionName: '',
  signNo: '',
};

function orderRow(row: Order): OrderRow {
  const shares = JSON.parse(row.shares) as Shares;
  return {
    payOrdId: row.pay_ord_id,
    medOrgOrd: row.med_org_ord,
    state: row.state,
    totalFen: shares.totalFen,
    ownFen: shares.cashFen,
    accountFen: shares.accountFen,
    fundFen: shares.funds.reduce((total, fund) => total + fund.amountFen, 0),
  };
}

function ledgerRow(row: SettlementRow): LedgerRow {
  const shares = sharesOf(row);
  const sign = isReversal(row.infno) ? -1 : 1;
  return {
    msgid: row.msgid,
    setlId: row.setl_id,
    mdtrtId: row.mdtrt_id,
    transaction: row.infno,
    billNumber: row.bill_number,
    medfeeFen: sign * shares.totalFen,
    fundFen: sign * shares.funds.reduce((total, fund) => total + fund.amountFen, 0),
    accountFen: sign * shares.accountFen,
    cashFen: sign * shares.cashFen,
    state: row.state,
    live: row.state === 'live',
    settledAt: row.settled_at,
  };
}

/** An answer as a misbehaving platform would give it: somebody else's, or one that doesn't add up. */
export function tampered(answer: Answer, kind: Misbehaviour['kind']): Answer {
  const output = answer.output as { setlinfo?: Record<string, unknown> };
  if (!output.setlinfo) return tamperedData(answer, kind);
  const { medins_setl_id, fund_pay_sumamt } = output.setlinfo;
  const fund = fenOf(String(fund_pay_sumamt));
  const change =
    kind === 'wrong-msgid'
      ? { medins_setl_id: String(medins_setl_id).replace(/\d{4}$/, 'XXXX') }
      : { fund_pay_sumamt: new LosslessNumber(yuanOf((fund.ok ? fund.value : 0) + 1)) };
  return { ...answer, output: { ...output, setlinfo: { ...output.setlinfo, ...change } } };
}
