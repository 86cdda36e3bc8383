import type { AssistanceConfiguration } from '../../../schemas/payer-configuration.ts';
import type { Clock, Ids } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type {
  AnsweredExchange,
  Bill,
  Capabilities,
  Doubt,
  Eligibility,
  Exchange,
  Insurer,
  Outcome,
  Proof,
  Quote,
  Reversed,
  Settled,
  TransactionContext,
  VerifyInput,
  WayOut,
} from '../../../src/settlement/port.ts';
import { Ended, flow } from '../nhsa/flow.ts';
import { childText, type Element } from '../nrcms/xml.ts';
import { argumentsOf } from './arguments.ts';
import { balanceFields, expenseFields, recordFields, recordKey } from './fields.ts';
import { AssistanceService, type Call, type Done, effectOf, judge } from './service.ts';
import { baseOf, capOf, ratioOf, shareOf, splitOf } from './shares.ts';

/** Already admitted at this hospital and not settled: our own record of an earlier attempt. */
const HAS_OPEN_RECORD = '01002';
/** No settlement of this record that is not struck already. */
const NOTHING_TO_STRIKE = '02002';
/** No record of this person and day. */
const NO_RECORD = '05002';

/** STATUS of a record, which their service returns as pauseFlag. */
const RECORDED = '1';
const SETTLED = '2';

/** Lines of one saveExpenseDetail. */
const LINES_MAX = 200;

/**
 * Medical assistance by the civil-affairs department (医疗救助) behind a service of its own: pays of what the insurers
 * before have left within the policy's scope, by the person's class, up to the year's cap. Its service takes the share
 * that the hospital works out from the ratio it gives (`shares.ts`).
 */
export function createAssistance(
  configuration: AssistanceConfiguration,
  parts: { readonly clock: Clock; readonly ids: Ids },
): Insurer & { close(): Promise<void> } {
  return new Assistance(configuration, parts);
}

class Assistance implements Insurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities = {
    place: 'assistance',
    verifiesBy: ['document'],
    settings: ['outpatient', 'chronic', 'inpatient'],
    reserved: ['balance', 'strike'],
  };
  readonly waysOut: readonly WayOut[];
  readonly #configuration: AssistanceConfiguration;
  readonly #service: AssistanceService;
  readonly #clock: Clock;

  constructor(configuration: AssistanceConfiguration, { clock, ids }: { clock: Clock; ids: Ids }) {
    this.id = configuration.id;
    this.name = configuration.name ?? '医疗救助';
    this.#configuration = configuration;
    this.#service = new AssistanceService(configuration, ids);
    this.#clock = clock;
    this.waysOut = [
      {
        way: 'query-by-handle',
        decides: ['balance'],
        take: (bill, doubt, exchange) => this.#ask(bill, doubt, exchange),
      },
      {
        way: 'reverse-by-own-id',
        decides: ['strike'],
        take: (bill, doubt, exchange) => this.#strikeAgain(bill, doubt, exchange),
      },
    ];
  }

  /** checkIdentity. */
  verify(input: VerifyInput, exchange: Exchange): Promise<Outcome<Eligibility>> {
    return flow(async () => {
      const { data, at } = await this.#identity(input.identity.documentNumber, exchange);
      const code = childText(data, 'assitanceType') || childText(data, 'assistanceType');
      const value: Eligibility = {
        personNumber: childText(data, 'samCardNo'),
        name: childText(data, 'name'),
        insurances: [],
        classes: code === '' ? [] : [{ code }],
      };
      return { value, at };
    });
  }

  /** checkIdentity, queryBalancePre, saveInRecord, queryBalancePre, queryPercentage: who, what record, what cap, what ratio. */
  quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>> {
    return flow(async () => {
      const { idCard, inDate } = recordKey(bill);
      const person = await this.#identity(idCard, exchange);
      const assistanceType =
        childText(person.data, 'assitanceType') || childText(person.data, 'assistanceType');
      if (assistanceType === '') throw ended(person, '不属于救助对象 / not entitled to assistance');
      const domicileCode = childText(person.data, 'domicileCode');
      const before = await this.#call(this.#pre(bill, [NO_RECORD]), exchange);
      const isFresh = childText(before.data, 'returnCode') === NO_RECORD;
      await this.#call(
        {
          operation: 'saveInRecord',
          arguments: [['hisRecord', recordFields(bill, this.#configuration)]],
          alreadySo: [HAS_OPEN_RECORD],
        },
        exchange,
      );
      const record = await this.#call(this.#pre(bill), exchange);
      const capFen = capOf(childText(record.data, 'maxPay'));
      if (capFen === undefined) throw ended(record, '救助封顶线查不到 / no cap is known for this person');
      const baseFen = baseOf(bill);
      const ratioText = await this.#ratio([domicileCode, baseFen, assistanceType, inDate], exchange);
      const assistanceFen = shareOf(baseFen, ratioText.ratio, capFen);
      return {
        value: {
          split: splitOf(bill, baseFen, assistanceFen),
          handle: { ratio: ratioText.text, fresh: isFresh ? '1' : '0' },
        },
        at: ratioText.at,
      };
    });
  }

  /** balance, and then the lines of the bill, which their record keeps and nobody pays by. */
  settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    return flow(async () => {
      const done = await this.#call(this.#settling(bill, quote), exchange);
      for (let first = 0; first < bill.charges.length; first += LINES_MAX) {
        const lines = expenseFields(bill).slice(first, first + LINES_MAX);
        const sent = await this.#service.call(
          { operation: 'saveExpenseDetail', arguments: [['detailArr', lines]] },
          exchange,
        );
        if (sent.kind !== 'accepted') break;
      }
      return { value: this.#settled(quote, done.at.ownId), at: done.at };
    });
  }

  settledBy(bill: Bill, quote: Quote, { ownId, answer }: AnsweredExchange): Settled | undefined {
    const verdict = judge(this.#settling(bill, quote), answer);
    return verdict.kind === 'accepted' ? this.#settled(quote, ownId) : undefined;
  }

  /** balance with negative amounts. */
  reverse(bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    return flow(async () => {
      const done = await this.#call(this.#striking(bill, settled), exchange);
      return { value: this.#reversed(done.at.ownId), at: done.at };
    });
  }

  reversedBy(bill: Bill, settled: Settled, { ownId, answer }: AnsweredExchange): Reversed | undefined {
    const verdict = judge(this.#striking(bill, settled), answer);
    return verdict.kind === 'accepted' ? this.#reversed(ownId) : undefined;
  }

  async transact(
    transaction: string,
    input: unknown,
    _context: TransactionContext,
    exchange: Exchange,
  ): Promise<Outcome<unknown>> {
    const effect = effectOf(transaction);
    if (effect === undefined) throw new Fault('insurer.unknown-transaction', { pointer: '/infno' });
    if (effect === 'money') throw new Fault('insurer.reserved-transaction');
    const call = { operation: transaction as Call['operation'], arguments: argumentsOf(input) };
    const done = await this.#service.call(call, exchange);
    if (done.kind !== 'accepted') return { kind: done.kind, reason: done.reason, at: done.at };
    return { kind: 'accepted', value: done.output, at: done.at };
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  /**
   * The record says whether it is settled, where it is the only one of that person and day: then its status is what
   * became of ours.
   */
  #ask(bill: Bill, { quote }: Doubt, exchange: Exchange): Promise<Outcome<Proof>> {
    return flow<Proof>(async () => {
      const { data, at } = await this.#call(this.#pre(bill, [NO_RECORD]), exchange);
      const status = childText(data, 'returnCode') === NO_RECORD ? '' : childText(data, 'pauseFlag');
      if (quote === undefined || quote.handle.fresh !== '1') {
        const reason = '当日有多条救助记录,不能判定 / several records of that day';
        return { value: { is: 'open', reason }, at };
      }
      if (status === SETTLED)
        return { value: { is: 'settled', settled: this.#settled(quote, at.ownId) }, at };
      if (status === RECORDED) return { value: { is: 'undone' }, at };
      return { value: { is: 'open', reason: '没有这条救助记录 / there is no such record' }, at };
    });
  }

  /** A reversal repeated either reverses now or says that nothing is left to reverse: in both cases it is reversed. */
  #strikeAgain(bill: Bill, { settled }: Doubt, exchange: Exchange): Promise<Outcome<Proof>> {
    return flow(async () => {
      if (!settled) throw new Error('a doubt of a reversal has what was to be reversed');
      const call = { ...this.#striking(bill, settled), alreadySo: [NOTHING_TO_STRIKE] };
      const done = await this.#call(call, exchange);
      return { value: { is: 'reversed', reversed: this.#reversed(done.at.ownId) }, at: done.at };
    });
  }

  #identity(idCard: string, exchange: Exchange) {
    return this.#call({ operation: 'checkIdentity', arguments: [['idCard', idCard]] }, exchange);
  }

  #pre(bill: Bill, alreadySo: readonly string[] = []): Call {
    const { idCard, inDate } = recordKey(bill);
    return {
      operation: 'queryBalancePre',
      arguments: [
        ['idCard', idCard],
        ['inDate', inDate],
      ],
      alreadySo,
    };
  }

  async #ratio(
    [domicileCode, baseFen, assistanceType, inDate]: readonly [string, number, string, string],
    exchange: Exchange,
  ) {
    const done = await this.#call(
      {
        operation: 'queryPercentage',
        arguments: [
          ['domicileCode', domicileCode],
          ['payBase', (baseFen / 100).toFixed(2)],
          ['assitanceType', assistanceType],
          ['inDate', inDate],
        ],
      },
      exchange,
    );
    const text = String(done.data);
    const ratio = ratioOf(text);
    if (ratio === undefined) throw ended(done, '救助比例查不到 / no ratio is known for this person');
    return { text, ratio, at: done.at };
  }

  #settling(bill: Bill, { split, handle }: Quote): Call {
    const content = balanceFields(bill, split, handle.ratio ?? '', this.#configuration, 1);
    return { operation: 'balance', arguments: [['balanceInfo', content]] };
  }

  #striking(bill: Bill, { split, handle }: Settled): Call {
    const content = balanceFields(bill, split, handle.ratio ?? '', this.#configuration, -1);
    return { operation: 'strike', arguments: [['balanceInfo', content]] };
  }

  /** Their service gives a settlement no number: ours of the exchange stands for it. */
  #settled({ split, handle }: Quote, number: string): Settled {
    return { split, number, settledAt: this.#clock.now(), handle };
  }

  #reversed(number: string): Reversed {
    return { number, reversedAt: this.#clock.now() };
  }

  async #call(call: Call, exchange: Exchange) {
    const done = await this.#service.call(call, exchange);
    if (done.kind === 'accepted') return { data: done.output as Element, at: done.at };
    throw new Ended({ kind: done.kind, reason: done.reason, at: done.at });
  }
}

/** Ends a quote with a refusal that follows from an answer. */
function ended({ at }: Pick<Done, 'at'>, reason: string): Ended {
  return new Ended({ kind: 'refused', reason, at });
}
