import { LosslessNumber } from 'lossless-json';
import { fenOf, yuanOf } from '../../money.ts';
import type { Answer } from './envelope.ts';
import { node, type Row, text } from './inputs.ts';
import type { Misbehaviour, SmEnvelope } from './port.ts';
import { VirtualEnvelope } from './sm-envelope.ts';

/** Where the two centres take which transaction. */
const PATHS: Readonly<Record<string, string>> = {
  '/org/local/api/hos/uldFeeInfo': '6201',
  '/org/local/api/hos/pay_order': '6202',
  '/org/local/api/hos/refund_Order': '6203',
  '/org/local/api/hos/sync': '6204',
  '/org/local/api/hos/query_order_info': '6301',
  '/org/local/api/hos/revoke_order': '6401',
  '/epc/api/fixmedins/uploadChk': '7101',
  '/epc/api/fixmedins/rxFixmedinsSign': '7102',
  '/epc/api/fixmedins/rxFileUpld': '7103',
  '/epc/api/fixmedins/rxUndo': '7104',
  '/epc/api/fixmedins/hospRxDetlQuery': '7105',
  '/epc/api/fixmedins/rxChkInfoQuery': '7106',
  '/epc/api/fixmedins/rxSetlInfoQuery': '7107',
};

const REFUSED = 10_001;

/** The virtual mobile-pay and prescription centres on the wire: paths, and the SM2/SM4 envelope. */
export class VirtualCentres {
  readonly #envelope: VirtualEnvelope;

  constructor(keys: SmEnvelope) {
    this.#envelope = new VirtualEnvelope(keys);
  }

  /** The transaction that is posted to a path. */
  transactionAt(path: string | undefined): string | undefined {
    return path !== undefined && Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
  }

  /** A request's `input`, or the refusal it meets. */
  read(body: string): { readonly input: unknown; readonly encrypted: boolean } | Answer {
    const opened = this.#envelope.open(body);
    if (typeof opened === 'string') return { output: {}, refusal: opened };
    return { input: { data: opened.data }, encrypted: opened.encrypted };
  }

  write(answer: Answer, encrypted: boolean, now: number, misbehaviour: Misbehaviour | undefined): string {
    const { data, ...others } = answer.output as Row;
    const sealed = this.#envelope.seal(
      {
        code: answer.refusal ? REFUSED : 0,
        message: answer.refusal || '成功',
        data: { ...(data as Row | undefined), ...others },
      },
      encrypted,
      now,
    );
    if (misbehaviour?.kind !== 'wrong-signature') return sealed;
    return sealed.replace(
      /("signData":")(..)/,
      (_, before, first) => `${before}${first === 'AA' ? 'BB' : 'AA'}`,
    );
  }
}

/** A centre's answer as it would be for somebody else, or that doesn't add up. */
export function tamperedData(answer: Answer, kind: Misbehaviour['kind']): Answer {
  const data = node(answer.output, 'data');
  const numbers = ['payOrdId', 'hiRxno'].filter((name) => data[name] !== undefined);
  const fund = fenOf(text(data.fundPay));
  const change =
    kind === 'wrong-msgid'
      ? Object.fromEntries(numbers.map((name) => [name, `${text(data[name])}X`]))
      : data.fundPay === undefined
        ? {}
        : { fundPay: new LosslessNumber(yuanOf((fund.ok ? fund.value : 0) + 1)) };
  return { ...answer, output: { ...(answer.output as Row), data: { ...data, ...change } } };
}
