import { type Clock, chinaDate, chinaDateTime, systemClock } from '../../clock.ts';
import { type Fen, fenOf, yuanOf } from '../../money.ts';
import { type Business, startVirtualService, type VirtualService } from '../nrcms/desk.ts';
import { type Element, read, soapAnswer } from '../nrcms/xml.ts';
import { parseJson } from '../serving.ts';

/** A settlement as a test looks at it. */
export interface LedgerRow {
  readonly bxid: string;
  readonly billNumber: string;
  readonly djid: string;
  readonly year: string;
  readonly live: boolean;
  readonly totalFen: Fen;
  readonly reimbursedFen: Fen;
}

export interface VirtualJiangsu extends VirtualService {
  /** Every settlement ever made, oldest first. */
  ledger(): LedgerRow[];
}

/** The made-up card of the sample person; his number is that of his document. */
export const CARD = { cardid: 'JS00000001', grbh: '111111198101011110' } as const;
export const HOSPITAL = '320000001';

/**
 * Starts the sandbox's virtual web service of the rural scheme as in a county of Jiangsu, on the loopback interface, in
 * memory: a method an operation, JSON as its argument; `json` takes the JSON bare. It stands for another organisation
 * and is never part of the real path.
 */
export async function startVirtualJiangsu(options: {
  readonly port: number;
  readonly clock?: Clock;
  readonly wire?: 'soap' | 'json';
}): Promise<VirtualJiangsu> {
  const jiangsu = new Jiangsu(options.clock ?? systemClock, options.wire ?? 'soap');
  const service = await startVirtualService(jiangsu, {
    port: options.port,
    path: '/hcnservices/HCNWebservices',
    contentType: options.wire === 'json' ? 'application/json' : 'text/xml;charset=UTF-8',
  });
  return { ...service, ledger: () => jiangsu.ledger() };
}

interface Registration {
  readonly djid: string;
  readonly year: string;
  totalFen: Fen;
}

interface Settlement extends Omit<LedgerRow, 'live'> {
  readonly at: number;
  undoneAt?: number;
}

type Fields = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>>;

/** A business refusal, in the words of `msg`. */
class Refusal extends Error {
  override name = 'Refusal';
}

const REGISTRATIONS_MAX = 10_000;

class Jiangsu implements Business {
  readonly #clock: Clock;
  readonly #wire: 'soap' | 'json';
  readonly #registrations = new Map<string, Registration>();
  readonly #settlements: Settlement[] = [];
  #numbers = 0;

  constructor(clock: Clock, wire: 'soap' | 'json') {
    this.#clock = clock;
    this.#wire = wire;
  }

  ledger(): LedgerRow[] {
    return this.#settlements.map(({ at: _, undoneAt, ...row }) => ({ ...row, live: undoneAt === undefined }));
  }

  operationOf(body: string): string | undefined {
    const { serviceId } = this.#request(body)?.fields ?? {};
    return typeof serviceId === 'string' ? serviceId : undefined;
  }

  act(body: string): string {
    const request = this.#request(body);
    try {
      if (!request) throw new Refusal('报文格式错误');
      return this.#written({ code: '1', msg: '成功', ...this.#done(request.fields) }, request.method);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.#written({ code: '-1', msg: error.message }, request?.method);
    }
  }

  refusal(words: string): string {
    return this.#written({ code: '-1', msg: words });
  }

  tampered(answer: string): string {
    return answer.replace(/"sum01":\d+/, '"sum01":99999');
  }

  #done(fields: Fields): Answer {
    const of = (name: string) => String(fields[name] ?? '');
    if (of('msgType') !== '2' || of('yybh') !== HOSPITAL) throw new Refusal('医院编号错误');
    switch (of('serviceId')) {
      case 'Mzdj':
        return this.#register(of);
      case 'UploadFyxx':
        return this.#upload(of, fields);
      case 'FybxYjs':
        return this.#sums(this.#registration(of));
      case 'FybxJs':
        return this.#settle(of);
      case 'ReSaveFybx':
        return this.#undo(of);
      case 'MrdzMx':
        return { arr: this.#list(of('Dzrq'), of('Zzrq')) };
      default:
        throw new Refusal('服务不存在');
    }
  }

  #register(of: (name: string) => string): Answer {
    if (of('cardid') !== CARD.cardid || of('grbh') !== CARD.grbh) throw new Refusal('未找到参合人员');
    if (of('ICD10') === '') throw new Refusal('诊断不能为空');
    if (this.#registrations.size >= REGISTRATIONS_MAX) throw new Refusal('沙箱已满,请重新启动');
    const djid = this.#next();
    this.#registrations.set(djid, { djid, year: of('year'), totalFen: 0 });
    // The real service answers numbers as numbers.
    return { djid: Number(djid) };
  }

  #upload(of: (name: string) => string, { ypArr, zlArr }: Fields): Answer {
    const registration = this.#registration(of);
    if (of('czlx') === '2') {
      registration.totalFen = 0;
      return {};
    }
    const amounts = [...rowsOf(ypArr).map(({ ypje }) => ypje), ...rowsOf(zlArr).map(({ je }) => je)];
    registration.totalFen += amounts.reduce((sum: Fen, amount) => sum + fen(amount), 0);
    return {};
  }

  /** Half of the bill is reimbursed, a tenth of that by assistance. */
  #sums({ totalFen }: Registration) {
    const reimbursedFen = Math.floor(totalFen / 2);
    const assistanceFen = Math.floor(reimbursedFen / 10);
    return {
      sum01: Number(yuanOf(reimbursedFen)),
      sum11: Number(yuanOf(assistanceFen)),
      sum31: Number(yuanOf(totalFen)),
      bz: '',
    };
  }

  #settle(of: (name: string) => string): Answer {
    const registration = this.#registration(of);
    const billNumber = of('fphm');
    if (of('Year') !== registration.year) throw new Refusal('年度不符');
    if (this.#settlements.some((row) => row.billNumber === billNumber))
      throw new Refusal('已存在发票号码相同的记录');
    const { djid, year, totalFen } = registration;
    const bxid = this.#next();
    const reimbursedFen = Math.floor(totalFen / 2);
    this.#settlements.push({ bxid, billNumber, djid, year, totalFen, reimbursedFen, at: this.#clock.now() });
    return { bxid: Number(bxid) };
  }

  #undo(of: (name: string) => string): Answer {
    const found = this.#settlements.find(({ bxid }) => bxid === of('bxid'));
    if (found?.year !== of('Year') || found.billNumber !== of('invoiceId'))
      throw new Refusal('未找到该年度的报销记录');
    if (found.undoneAt !== undefined) throw new Refusal('该记录已作废');
    found.undoneAt = this.#clock.now();
    return {};
  }

  #list(from: string, to: string): Answer[] {
    const within = (at: number) => chinaDate(at) >= from && chinaDate(at) <= to;
    const row = (settlement: Settlement, at: number, sign: 1 | -1) => ({
      BXID: settlement.bxid,
      FPHM: settlement.billNumber,
      ZJJE: yuanOf(sign * settlement.totalFen),
      JYSJ: chinaDateTime(at),
      JYLX: String(sign),
      ICKH: CARD.cardid,
      SBJE: yuanOf(sign * settlement.reimbursedFen),
      DJLSH: settlement.djid,
    });
    return this.#settlements.flatMap((settlement) => {
      const { at, undoneAt } = settlement;
      return [
        ...(within(at) ? [row(settlement, at, 1)] : []),
        ...(undoneAt !== undefined && within(undoneAt) ? [row(settlement, undoneAt, -1)] : []),
      ];
    });
  }

  #registration(of: (name: string) => string): Registration {
    const found = this.#registrations.get(of('djid'));
    if (!found) throw new Refusal('登记流水号不存在');
    return found;
  }

  #next(): string {
    this.#numbers += 1;
    return String(1_000_000 + this.#numbers);
  }

  #request(body: string): { fields: Fields; method: string } | undefined {
    if (this.#wire === 'json') return asRequest(body, '');
    const [method, call] = onlyChild(inside(inside(read(body), 'Envelope'), 'Body')) ?? [];
    const [, argument] = onlyChild(call) ?? [];
    return typeof argument === 'string' && method !== undefined ? asRequest(argument, method) : undefined;
  }

  #written(answer: Answer, method = 'do'): string {
    const json = JSON.stringify(answer);
    return this.#wire === 'json' ? json : soapAnswer(method, json);
  }
}

function asRequest(json: string, method: string) {
  const fields = parseJson(json);
  return typeof fields === 'object' && fields !== null ? { fields: fields as Fields, method } : undefined;
}

function inside(element: Element | undefined, name: string): Element | undefined {
  const found = typeof element === 'object' ? element[name] : undefined;
  return Array.isArray(found) ? undefined : (found as Element | undefined);
}

function onlyChild(element: unknown): [string, Element] | undefined {
  return typeof element === 'object' && element !== null
    ? (Object.entries(element)[0] as [string, Element] | undefined)
    : undefined;
}

function rowsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}

function fen(value: unknown): Fen {
  const amount = fenOf(String(value ?? ''));
  return amount.ok ? amount.value : 0;
}
