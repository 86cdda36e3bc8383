import { fenOf, yuanOf } from '../../money.ts';
import { startVirtualService, type VirtualService } from '../nrcms/desk.ts';
import { child, type Element, escaped, read, text } from '../nrcms/xml.ts';

/** The one person whom the virtual civil-affairs office knows, and what they are entitled to. */
export const ENTITLED = {
  idCard: '111111198101011110',
  name: '张三',
  assistanceType: '02',
  domicileCode: '111111000000',
  ratio: '0.7',
  capFen: 500_00,
} as const;

/** A record: an admission that a settlement ends, or a reversal. */
export interface AssistanceRow {
  readonly inDate: string;
  readonly hospitalId: string;
  /** 1 recorded, 2 settled. */
  status: '1' | '2';
  /** 00 live, 01 reversed, 02 the reversal. */
  strike: '00' | '01' | '02';
  assistanceFen: number;
  totalFen: number;
}

export interface VirtualAssistance extends VirtualService {
  /** Every record ever made, oldest first. */
  ledger(): readonly AssistanceRow[];
}

/**
 * Starts the sandbox's virtual civil-affairs service (医疗救助) on the loopback interface: one made-up person, everything
 * in memory. It keeps records as the public service does, its odd answers included. It stands for another organisation
 * and is never part of the real path.
 */
export async function startVirtualAssistance(options: { readonly port: number }): Promise<VirtualAssistance> {
  const office = new Office();
  const service = await startVirtualService(office, {
    port: options.port,
    path: '/cams/services/SamBalanceService',
    contentType: 'text/xml;charset=UTF-8',
  });
  return { ...service, ledger: () => office.rows };
}

class Office {
  readonly rows: AssistanceRow[] = [];

  /** A balance with a negative total is a reversal, and is told to misbehave by that name. */
  operationOf(body: string): string | undefined {
    const call = callOf(body);
    if (!call) return undefined;
    const isStrike =
      call.method === 'balance' && text(call.content, 'balanceInfo', 'totalExpense').startsWith('-');
    return isStrike ? 'strike' : call.method;
  }

  act(body: string): string {
    const call = callOf(body);
    if (!call) return this.refusal('报文格式错误');
    return answer(call.method, this.#do(call.method, call.content));
  }

  refusal(words: string): string {
    const isSystem = words.includes('系统异常');
    return answer('refused', codes(isSystem ? '0000X' : '02001', words));
  }

  tampered(given: string): string {
    return given.replace('<returnCode>00000', '<returnCode>');
  }

  #do(method: string, content: Element): string {
    switch (method) {
      case 'checkIdentity':
        return text(content, 'idCard') === ENTITLED.idCard ? this.#person() : codes('04001', '未查到此人');
      case 'queryBalancePre':
        return this.#pre(text(content, 'idCard'), text(content, 'inDate'));
      case 'queryPercentage':
        return text(content, 'assitanceType') === ENTITLED.assistanceType ? ENTITLED.ratio : '';
      case 'saveInRecord':
        return this.#admit(child(content, 'hisRecord'));
      case 'balance':
        return this.#balance(child(content, 'balanceInfo'));
      case 'saveExpenseDetail':
        return codes('00000', '保存成功');
      default:
        return codes('0000X', '没有这个方法');
    }
  }

  #person(): string {
    const { name, idCard, assistanceType, domicileCode } = ENTITLED;
    return (
      `<name>${name}</name><idCard>${idCard}</idCard><assitanceType>${assistanceType}</assitanceType>` +
      `<samCardNo>JZ0001</samCardNo><domicileCode>${domicileCode}</domicileCode>` +
      `<maxPay>${yuanOf(this.#left())}</maxPay>${codes('00000', '查询到相关人员信息')}`
    );
  }

  #pre(idCard: string, inDate: string): string {
    if (idCard !== ENTITLED.idCard) return codes('05001', '未查到此人');
    const row = this.rows.find((each) => each.inDate === inDate);
    if (!row) return codes('05002', '未办理住院登记');
    const status = `<otherPay>0.00</otherPay><pauseFlag>${row.status}</pauseFlag>`;
    return `${status}<maxPay>${yuanOf(this.#left())}</maxPay>${codes('00000', '正常信息返回')}`;
  }

  #admit(record: Element): string {
    if (text(record, 'idCard') !== ENTITLED.idCard) return codes('01001', '未查到此人信息');
    const [inDate, hospitalId] = [text(record, 'inDate'), text(record, 'hospitalId')];
    if (this.#find(inDate, hospitalId, '1', '00')) return codes('01002', '此人已住院未出院');
    this.rows.push({ inDate, hospitalId, status: '1', strike: '00', assistanceFen: 0, totalFen: 0 });
    return codes('00000', '保存成功');
  }

  #balance(info: Element): string {
    if (text(info, 'idCard') !== ENTITLED.idCard) return codes('02001', '未查到此人');
    const [inDate, hospitalId] = [text(info, 'inDate'), text(info, 'hospitalId')];
    const amounts = { totalFen: fenAt(info, 'totalExpense'), assistanceFen: fenAt(info, 'assistancePay') };
    const row = { inDate, hospitalId, status: '2' as const, ...amounts };
    if (amounts.totalFen < 0) {
      const original = this.#find(inDate, hospitalId, '2', '00');
      if (!original) return codes('02002', '未查到此人');
      original.strike = '01';
      this.rows.push({ ...row, strike: '02' });
      return codes('00000', '结算成功');
    }
    const recorded = this.#find(inDate, hospitalId, '1', '00');
    if (recorded) Object.assign(recorded, { status: '2', ...amounts });
    else if (this.#find(inDate, hospitalId, '2', '02')) this.rows.push({ ...row, strike: '00' });
    else return codes('02002', '未查到此人');
    return codes('00000', '结算成功');
  }

  #find(inDate: string, hospitalId: string, status: string, strike: string): AssistanceRow | undefined {
    return this.rows.find(
      (row) =>
        row.inDate === inDate &&
        row.hospitalId === hospitalId &&
        row.status === status &&
        row.strike === strike,
    );
  }

  /** What is left of the year's cap. */
  #left(): number {
    const aidFen = this.rows.reduce((total, row) => total + row.assistanceFen, 0);
    return ENTITLED.capFen - aidFen;
  }
}

function fenAt(info: Element, field: string): number {
  const fen = fenOf(text(info, field));
  return fen.ok ? fen.value : 0;
}

function callOf(body: string): { method: string; content: Element } | undefined {
  const inner = child(read(body), 'Envelope', 'Body');
  if (typeof inner === 'string') return undefined;
  const [method] = Object.keys(inner);
  return method === undefined ? undefined : { method, content: child(inner, method) };
}

function codes(code: string, words: string): string {
  return `<returnCode>${code}</returnCode><returnCodeDes>${escaped(words)}</returnCodeDes>`;
}

function answer(method: string, content: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">' +
    `<soap:Body><ns1:${method}Response xmlns:ns1="urn:sandbox"><out>${content}</out></ns1:${method}Response>` +
    '</soap:Body></soap:Envelope>'
  );
}
