import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import { type Clock, chinaDateTime } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type {
  AnsweredExchange,
  Bill,
  Capabilities,
  Doubt,
  Eligibility,
  Exchange,
  Insurance,
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
import { type Decimals, decimalsOf } from './envelope.ts';
import { fileOffers } from './file-offers.ts';
import { type AcceptedDone, accepted, Ended, flow, type Step } from './flow.ts';
import type { IntegrityOptions } from './integrity.ts';
import { FILE_TRANSFERS, MONEY, REVERSIBLE } from './kinds.ts';
import { chooseInsurance, eligibilityOf, personFault, personInput } from './people.ts';
import { type Call, Platform, type PlatformParts } from './platform.ts';
import { reversedOf, settledOf, settlementFault, trialFault } from './settled.ts';
import { assertChineseCryptography } from './signing.ts';
import { readSplit } from './split.ts';
import { statementOffers } from './statement-offers.ts';
import {
  addLines,
  BATCH_LINES_MAX,
  benefitInput,
  chargesInput,
  diagnosesInput,
  handleOf,
  type LineSums,
  linesFault,
  NO_LINES,
  registrationInput,
  settlementInput,
  sumsOf,
  trialInput,
  type Visited,
  visitedOf,
  visitNumberOf,
  visitorOf,
} from './visit.ts';

/** An insurer that holds connections and can let go of them. */
export interface NhsaInsurer extends Insurer {
  close(): Promise<void>;
}

/**
 * The national insurer (国家医疗保障信息平台), outpatient settlement. Throws at once where Node lacks the Chinese
 * algorithms.
 */
export function createNhsaInsurer(configuration: NhsaConfiguration, parts: PlatformParts): NhsaInsurer {
  assertChineseCryptography();
  const platform = new Platform(configuration, parts);
  const insurer = new Nhsa(configuration, platform, parts.clock);
  const offers = { ...parts, platform, waysOut: insurer.waysOut };
  const files = fileOffers(configuration, platform, parts.spool);
  return Object.assign(insurer, files, statementOffers(configuration, offers));
}

class Nhsa implements NhsaInsurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly waysOut: readonly WayOut[];
  readonly #configuration: NhsaConfiguration;
  readonly #platform: Platform;
  readonly #clock: Clock;
  readonly #decimals: Decimals;
  readonly #integrity: IntegrityOptions;

  constructor(configuration: NhsaConfiguration, platform: Platform, clock: Clock) {
    this.id = configuration.id;
    this.name = configuration.name ?? '国家医疗保障信息平台';
    this.capabilities = {
      place: 'basic',
      verifiesBy: ['document', 'card'],
      settings: ['outpatient'],
      reserved: MONEY,
    };
    this.waysOut = [
      {
        way: 'reverse-by-own-id',
        decides: configuration.reversible ?? REVERSIBLE,
        take: (bill, doubt, exchange) => this.#reverseByOwnId(bill, doubt, exchange),
      },
    ];
    this.#configuration = configuration;
    this.#platform = platform;
    this.#clock = clock;
    this.#decimals = decimalsOf(configuration);
    this.#integrity = { fundIncludesAccount: configuration.fundIncludesAccount ?? false };
  }

  /** 1101. */
  verify(input: VerifyInput, exchange: Exchange): Promise<Outcome<Eligibility>> {
    return flow(async () => {
      const done = await accepted(
        this.#platform,
        {
          infno: '1101',
          input: personInput(input.identity, chinaDateTime(input.at)),
          operator: input.operator,
          check: (output) => personFault(output, input.identity),
        },
        exchange,
      );
      return { value: eligibilityOf(done.output), at: done.at };
    });
  }

  /** 1101, 2001, 2201, 2203, 2204 in batches, 2206. A new visit each time, so that nothing uploaded counts twice. */
  quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>> {
    return flow(async () => {
      const person = await this.#person(bill, exchange);
      const visitor = visitorOf(person.personNumber, chosenInsurance(person.insurances, bill.insutype));
      const call = (step: Step) =>
        accepted(
          this.#platform,
          { ...step, operator: bill.operator, insuredPlace: visitor.insuplc_admdvs },
          exchange,
        );

      await call({ infno: '2001', input: benefitInput(bill, visitor, this.#configuration.fixmedinsCode) });
      const registered = await call({
        infno: '2201',
        input: registrationInput(bill, visitor),
        check: (output) =>
          visitNumberOf(output) ? undefined : '应答中没有就诊ID / the answer has no mdtrt_id',
      });
      const visited: Visited = {
        ...visitor,
        mdtrt_id: visitNumberOf(registered.output),
        chrg_bchno: await this.#platform.serial(),
      };
      await call({ infno: '2203', input: diagnosesInput(bill, visited) });
      const sums = await this.#upload(bill, visited, call);
      const trial = await call({
        infno: '2206',
        input: trialInput(bill, visited, this.#decimals),
        check: (output) => trialFault(output, bill, visited, this.#integrity),
      });
      const { split } = readSplit(trial.output, this.#integrity);
      return { value: { split, handle: handleOf(visited, sums) }, at: trial.at };
    });
  }

  /** 2207. */
  settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    return flow(async () => {
      const done = await accepted(this.#platform, this.#settling(bill, quote), exchange);
      return { value: this.#settled(done.output, bill, quote), at: done.at };
    });
  }

  settledBy(bill: Bill, quote: Quote, answered: AnsweredExchange): Settled | undefined {
    const verdict = this.#platform.judge(this.#settling(bill, quote), answered.ownId, answered.answer);
    return verdict.kind === 'accepted' ? this.#settled(verdict.output, bill, quote) : undefined;
  }

  /** 2208: a new settlement of negative amounts. */
  reverse(bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    return flow(async () => {
      const done = await accepted(this.#platform, reversing(bill, settled), exchange);
      return { value: reversedOf(done.output, settled, this.#clock.now()), at: done.at };
    });
  }

  reversedBy(bill: Bill, settled: Settled, answered: AnsweredExchange): Reversed | undefined {
    const verdict = this.#platform.judge(reversing(bill, settled), answered.ownId, answered.answer);
    return verdict.kind === 'accepted' ? reversedOf(verdict.output, settled, this.#clock.now()) : undefined;
  }

  /** 2601, by the lost request's msgid. Asks 1101 for the person's number where no handle holds it. */
  #reverseByOwnId(bill: Bill, { lost }: Doubt, exchange: Exchange): Promise<Outcome<Proof>> {
    return flow(async () => {
      const { psn_no, insuplc_admdvs } = lost.handle?.psn_no
        ? visitedOf(lost.handle)
        : { psn_no: (await this.#person(bill, exchange)).personNumber, insuplc_admdvs: '' };
      const done = await accepted(
        this.#platform,
        {
          infno: '2601',
          input: { data: { psn_no, omsgid: lost.ownId, oinfno: lost.transaction } },
          operator: bill.operator,
          insuredPlace: insuplc_admdvs,
          alreadySo: this.#configuration.nothingToUndo ?? [],
        },
        exchange,
      );
      return { value: { is: 'undone' }, at: done.at };
    });
  }

  async transact(
    transaction: string,
    input: unknown,
    context: TransactionContext,
    exchange: Exchange,
  ): Promise<Outcome<unknown>> {
    if (!this.#platform.specification.has(transaction)) {
      throw new Fault('insurer.unknown-transaction', { pointer: '/infno' });
    }
    if (FILE_TRANSFERS.has(transaction)) {
      throw new Fault('insurer.unknown-transaction', {
        pointer: '/infno',
        detail: '文件用 POST /v1/insurers/{id}/files 传输 / files go over POST /v1/insurers/{id}/files',
      });
    }
    if (this.capabilities.reserved.includes(transaction)) throw new Fault('insurer.reserved-transaction');
    const done = await this.#platform.call(
      {
        infno: transaction,
        input,
        isPlain: true,
        operator: context.operator,
        insuredPlace: context.insuredPlace,
      },
      exchange,
    );
    if (done.kind !== 'accepted') return { kind: done.kind, reason: done.reason, at: done.at };
    return { kind: 'accepted', value: done.output, at: done.at };
  }

  close(): Promise<void> {
    return this.#platform.close();
  }

  #settling(bill: Bill, quote: Quote): Call {
    const visited = visitedOf(quote.handle);
    return {
      infno: '2207',
      input: settlementInput(bill, visited, sumsOf(quote.handle), this.#decimals),
      operator: bill.operator,
      insuredPlace: visited.insuplc_admdvs,
      check: (output, ownId) => settlementFault(output, visited, ownId),
    };
  }

  #settled(output: unknown, bill: Bill, quote: Quote): Settled {
    return settledOf(output, bill, visitedOf(quote.handle), this.#clock.now(), this.#integrity);
  }

  async #person(bill: Bill, exchange: Exchange): Promise<Eligibility> {
    const input = {
      identity: bill.identity,
      at: bill.visit.startedAt,
      ...(bill.operator ? { operator: bill.operator } : {}),
    };
    const outcome = await this.verify(input, exchange);
    if (outcome.kind !== 'accepted') throw new Ended(outcome);
    return outcome.value;
  }

  async #upload(
    bill: Bill,
    visited: Visited,
    call: (step: Step) => Promise<AcceptedDone>,
  ): Promise<LineSums> {
    let sums = NO_LINES;
    for (let first = 0; first < bill.charges.length; first += BATCH_LINES_MAX) {
      const uploaded = await call({
        infno: '2204',
        input: chargesInput(bill, visited, first, this.#decimals),
        firstLine: first,
        check: (output) => linesFault(output, bill, first),
      });
      sums = addLines(sums, uploaded.output) ?? sums;
    }
    return sums;
  }
}

function reversing(bill: Bill, settled: Settled): Call {
  const { psn_no, mdtrt_id, insuplc_admdvs } = visitedOf(settled.handle);
  return {
    infno: '2208',
    input: { data: { setl_id: settled.number, mdtrt_id, psn_no } },
    operator: bill.operator,
    insuredPlace: insuplc_admdvs,
  };
}

function chosenInsurance(insurances: readonly Insurance[], asked: string | undefined): Insurance {
  const choice = chooseInsurance(insurances, asked);
  if ('chosen' in choice) return choice.chosen;
  if (choice.choices.length === 0) throw new Fault('settlement.not-insured');
  throw new Fault('settlement.choose-insurance', { facts: { choices: choice.choices.join(',') } });
}
