import type { NrcmsJiangsuConfiguration } from '../../../schemas/nrcms-configuration.ts';
import { type Clock, chinaDate } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type {
  AnsweredExchange,
  Bill,
  Capabilities,
  Eligibility,
  Exchange,
  Insurer,
  Outcome,
  Quote,
  Reversed,
  Settled,
  StatementFlows,
  TransactionContext,
  WayOut,
} from '../../../src/settlement/port.ts';
import { isRecord, textOf } from '../nhsa/envelope.ts';
import { flow } from '../nhsa/flow.ts';
import { dailyInput, dailyRows } from './daily.ts';
import { MONEY, operationOf } from './operations.ts';
import { type Answer, type Call, Service, type ServiceParts } from './service.ts';
import { dailyStatements } from './statements.ts';
import {
  BATCH_LINES_MAX,
  chargesInput,
  personOf,
  readSplit,
  registrationInput,
  settlementFaults,
  settlementInput,
  trialFault,
  trialInput,
  undoInput,
  visitedOf,
} from './visit.ts';
import { byDailyList } from './way-out.ts';

/** An insurer that holds connections and can let go of them, and that lists what it did in a day. */
export interface NrcmsJiangsuInsurer extends Insurer {
  readonly statements: StatementFlows;
  close(): Promise<void>;
}

/**
 * The new rural cooperative scheme (新农合) behind the county interface of Jiangsu, outpatient settlement. Of a stay's
 * trial no public text says what its sums are, so stays are not offered; Zydj and CancleZydj can be called as they are.
 */
export function createNrcmsJiangsuInsurer(
  configuration: NrcmsJiangsuConfiguration,
  parts: ServiceParts,
): NrcmsJiangsuInsurer {
  return new NrcmsJiangsu(configuration, new Service(configuration, parts), parts.clock);
}

class NrcmsJiangsu implements NrcmsJiangsuInsurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities = {
    place: 'basic',
    verifiesBy: [],
    settings: ['outpatient'],
    reserved: MONEY,
  };
  readonly waysOut: readonly WayOut[];
  readonly statements: StatementFlows;
  readonly #configuration: NrcmsJiangsuConfiguration;
  readonly #service: Service;
  readonly #clock: Clock;

  constructor(configuration: NrcmsJiangsuConfiguration, service: Service, clock: Clock) {
    this.id = configuration.id;
    this.name = configuration.name ?? '新型农村合作医疗';
    this.#configuration = configuration;
    this.#service = service;
    this.#clock = clock;
    this.statements = dailyStatements({
      service,
      list: (from, to, exchange) => flow(() => this.#list(from, to, exchange)),
    });
    this.waysOut = [
      byDailyList({
        clock,
        completeAt: configuration.listCompleteAt,
        rows: (from, to, exchange) => this.#list(from, to, exchange),
      }),
    ];
  }

  /** The interface asks nobody who a person is: that comes from the card. Fault `insurer.unknown-transaction`. */
  async verify(): Promise<Outcome<Eligibility>> {
    throw new Fault('insurer.unknown-transaction', {
      detail: '该接口没有人员查询,以卡内信息为准 / no query of persons; the card says who it is',
    });
  }

  /** Mzdj, UploadFyxx in batches, FybxYjs. A new registration each time, so that nothing uploaded counts twice. */
  quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>> {
    return flow(async () => {
      const person = personOf(bill.identity, this.#configuration);
      const year = chinaDate(this.#clock.now()).slice(0, 4);
      const call = (step: Omit<Call, 'operator'>) =>
        this.#service.accepted({ ...step, operator: bill.operator }, exchange);
      const registered = await call({
        serviceId: 'Mzdj',
        fields: registrationInput(bill, person, year),
        check: (answer) =>
          textOf(answer.djid) === '' ? '应答中没有 djid / the answer has no djid' : undefined,
      });
      const visited = { djid: textOf(registered.answer.djid), ...person, year };
      for (let first = 0; first < bill.charges.length; first += BATCH_LINES_MAX) {
        const fields = chargesInput(bill, visited, first, this.#configuration);
        await call({ serviceId: 'UploadFyxx', fields });
      }
      const trial = await call({
        serviceId: 'FybxYjs',
        fields: trialInput(bill, visited),
        check: (answer) => trialFault(answer, bill, this.#configuration),
      });
      const { split } = readSplit(trial.answer, this.#configuration);
      return { value: { split, handle: visited }, at: trial.at };
    });
  }

  /** FybxJs. Its answer gives the number, bxid; what was settled is the trial. */
  settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    return flow(async () => {
      const done = await this.#service.accepted(this.#settling(bill, quote), exchange);
      return { value: this.#settled(done.answer, quote), at: done.at };
    });
  }

  settledBy(bill: Bill, quote: Quote, { answer }: AnsweredExchange): Settled | undefined {
    const verdict = this.#service.judge(this.#settling(bill, quote), answer);
    return verdict.kind === 'accepted' ? this.#settled(verdict.output as Answer, quote) : undefined;
  }

  /** ReSaveFybx, in the year of the settlement. Its answer names nothing: the undoing is known by bxid. */
  reverse(bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    return flow(async () => {
      const done = await this.#service.accepted(undoing(bill, settled), exchange);
      return { value: this.#reversed(settled), at: done.at };
    });
  }

  reversedBy(bill: Bill, settled: Settled, { answer }: AnsweredExchange): Reversed | undefined {
    const verdict = this.#service.judge(undoing(bill, settled), answer);
    return verdict.kind === 'accepted' ? this.#reversed(settled) : undefined;
  }

  async transact(
    transaction: string,
    input: unknown,
    { operator }: TransactionContext,
    exchange: Exchange,
  ): Promise<Outcome<unknown>> {
    const operation = operationOf(transaction);
    if (!operation) throw new Fault('insurer.unknown-transaction', { pointer: '/infno' });
    if (operation.effect === 'money') throw new Fault('insurer.reserved-transaction');
    if (!isRecord(input)) throw new Fault('request.invalid', { pointer: '/input', detail: 'an object' });
    const done = await this.#service.call({ serviceId: transaction, fields: input, operator }, exchange);
    if (done.kind !== 'accepted') return { kind: done.kind, reason: done.reason, at: done.at };
    return { kind: 'accepted', value: done.output, at: done.at };
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  async #list(from: string, to: string, exchange: Exchange) {
    const call: Call = {
      serviceId: 'MrdzMx',
      fields: dailyInput(from, to, this.#configuration.hospitalCode),
      check: (answer) => (dailyRows(answer) ? undefined : '对账明细无法识别 / the list cannot be read'),
    };
    const { answer, at } = await this.#service.accepted(call, exchange);
    return { value: dailyRows(answer) ?? [], at };
  }

  #settling(bill: Bill, quote: Quote): Call {
    return {
      serviceId: 'FybxJs',
      fields: settlementInput(bill, visitedOf(quote.handle), this.#clock.now()),
      operator: bill.operator,
      check: (answer) =>
        textOf(answer.bxid) === '' ? '应答中没有 bxid / the answer has no bxid' : undefined,
    };
  }

  #settled(answer: Answer, quote: Quote): Settled {
    const faults = settlementFaults(answer, quote, this.#configuration);
    return {
      split: quote.split,
      number: textOf(answer.bxid),
      settledAt: this.#clock.now(),
      handle: quote.handle,
      ...(faults.length > 0 ? { faults } : {}),
    };
  }

  #reversed({ number }: Settled): Reversed {
    return { number, reversedAt: this.#clock.now() };
  }
}

function undoing(bill: Bill, settled: Settled): Call {
  return {
    serviceId: 'ReSaveFybx',
    fields: undoInput(bill, visitedOf(settled.handle), settled.number),
    operator: bill.operator,
  };
}
