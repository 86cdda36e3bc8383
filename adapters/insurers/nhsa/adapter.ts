import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import { SETTINGS, type Setting } from '../../../schemas/settlement-words.ts';
import { type Clock, chinaDateTime } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type {
  AnsweredExchange,
  Bill,
  Capabilities,
  Doubt,
  Eligibility,
  Exchange,
  FilingFlows,
  Insurer,
  Outcome,
  Proof,
  Quote,
  Reversed,
  Settled,
  StayFlows,
  TransactionContext,
  VerifyInput,
  WayOut,
} from '../../../src/settlement/port.ts';
import { chronicVisit } from './chronic.ts';
import { decimalsOf } from './envelope.ts';
import { fileOffers } from './file-offers.ts';
import { NhsaFilings } from './filings.ts';
import { accepted, Ended, flow } from './flow.ts';
import { InpatientStay } from './inpatient.ts';
import { FILE_TRANSFERS, MONEY } from './kinds.ts';
import { DeskVisit, ordinaryVisit } from './outpatient.ts';
import { chosenInsurance, eligibilityOf, isNamed, personFault, personInput } from './people.ts';
import { PharmacySale } from './pharmacy.ts';
import { Platform, type PlatformParts } from './platform.ts';
import { registrationVisit } from './registration.ts';
import { type Counter, type SettingFlow, type Who, whoOf } from './setting.ts';
import { reversedOf, settledOf } from './settled.ts';
import { assertChineseCryptography } from './signing.ts';
import { statementOffers } from './statement-offers.ts';
import { NhsaStays } from './stays.ts';
import { type Visitor, visitedOf, visitorOf } from './visited.ts';

/** An insurer that holds connections and can let go of them. */
export interface NhsaInsurer extends Insurer {
  /** How far the platform's clock is ahead of ours. */
  readonly clockSkewMs: number;
  close(): Promise<void>;
}

/**
 * The national insurer (国家医疗保障信息平台): visits at the desk, sales at a pharmacy, stays in a ward, filings. Throws at
 * once where Node lacks the Chinese algorithms.
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
  readonly stays: StayFlows;
  readonly filings: FilingFlows;
  readonly #platform: Platform;
  readonly #clock: Clock;
  readonly #counter: Counter;
  readonly #flows: Readonly<Record<Setting, SettingFlow>>;

  constructor(configuration: NhsaConfiguration, platform: Platform, clock: Clock) {
    this.id = configuration.id;
    this.name = configuration.name ?? '国家医疗保障信息平台';
    this.capabilities = {
      place: 'basic',
      verifiesBy: ['document', 'card'],
      settings: SETTINGS,
      reserved: MONEY,
      signsInBy: '9001',
    };
    this.waysOut = [
      {
        way: 'reverse-by-own-id',
        decides: platform.profile.reversible,
        take: (bill, doubt, exchange) => this.#reverseByOwnId(bill, doubt, exchange),
      },
    ];
    this.#platform = platform;
    this.#clock = clock;
    this.#counter = {
      platform,
      configuration,
      decimals: decimalsOf(platform.profile),
      integrity: platform.profile,
      visitor: (who, exchange) => this.#visitor(who, exchange),
    };
    const stay = new InpatientStay(this.#counter);
    this.#flows = {
      outpatient: new DeskVisit(this.#counter, ordinaryVisit),
      chronic: new DeskVisit(this.#counter, chronicVisit),
      registration: new DeskVisit(this.#counter, registrationVisit),
      pharmacy: new PharmacySale(this.#counter),
      inpatient: stay,
      'mid-stay': stay,
    };
    this.stays = new NhsaStays(this.#counter, clock);
    this.filings = new NhsaFilings(platform, clock, (input, exchange) => this.verify(input, exchange));
  }

  get clockSkewMs(): number {
    return this.#platform.time.skewMs;
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

  /** What is asked before any money moves, by the kind of visit: `outpatient.ts`, `pharmacy.ts`, `inpatient.ts`. */
  quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>> {
    return flow(() => this.#flows[bill.setting].quote(bill, exchange));
  }

  /** 2207, 2102 or 2304. */
  settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    return flow(async () => {
      const call = this.#flows[bill.setting].settling(bill, quote);
      const done = await accepted(this.#platform, call, exchange);
      return { value: this.#settled(done.output, bill, quote), at: done.at };
    });
  }

  settledBy(bill: Bill, quote: Quote, { ownId, answer }: AnsweredExchange): Settled | undefined {
    const call = this.#flows[bill.setting].settling(bill, quote);
    const verdict = this.#platform.judge(call, ownId, answer);
    return verdict.kind === 'accepted' ? this.#settled(verdict.output, bill, quote) : undefined;
  }

  /** 2208, 2103 or 2305: a new settlement of negative amounts. */
  reverse(bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    return flow(async () => {
      const call = this.#flows[bill.setting].reversing(bill, settled);
      const done = await accepted(this.#platform, call, exchange);
      return { value: reversedOf(done.output, settled, this.#clock.now()), at: done.at };
    });
  }

  reversedBy(bill: Bill, settled: Settled, { ownId, answer }: AnsweredExchange): Reversed | undefined {
    const call = this.#flows[bill.setting].reversing(bill, settled);
    const verdict = this.#platform.judge(call, ownId, answer);
    return verdict.kind === 'accepted' ? reversedOf(verdict.output, settled, this.#clock.now()) : undefined;
  }

  /** 2601, by the lost request's msgid. Asks 1101 for the person's number where no handle holds it. */
  #reverseByOwnId(bill: Bill, { lost }: Doubt, exchange: Exchange): Promise<Outcome<Proof>> {
    return flow(async () => {
      const { psn_no, insuplc_admdvs, insutype } = lost.handle?.psn_no
        ? visitedOf(lost.handle)
        : { ...visitedOf({}), psn_no: (await this.#person(whoOf(bill), exchange)).personNumber };
      const done = await accepted(
        this.#platform,
        {
          infno: '2601',
          input: { data: { psn_no, omsgid: lost.ownId, oinfno: lost.transaction } },
          operator: bill.operator,
          insuredPlace: insuplc_admdvs,
          insutype,
          alreadySo: this.#platform.profile.nothingToUndo,
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

  #settled(output: unknown, bill: Bill, quote: Quote): Settled {
    const { integrity } = this.#counter;
    return settledOf(output, bill, visitedOf(quote.handle), this.#clock.now(), integrity);
  }

  async #visitor(who: Who, exchange: Exchange): Promise<Visitor> {
    const person = await this.#person(who, exchange);
    if (!isNamed(person.name, who.identity.name)) throw new Fault('settlement.other-person');
    return visitorOf(person.personNumber, chosenInsurance(person.insurances, who.insutype));
  }

  async #person({ identity, at, operator }: Who, exchange: Exchange): Promise<Eligibility> {
    const outcome = await this.verify({ identity, at, ...(operator && { operator }) }, exchange);
    if (outcome.kind !== 'accepted') throw new Ended(outcome);
    return outcome.value;
  }
}
