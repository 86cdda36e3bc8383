import type { NrcmsGuizhouConfiguration } from '../../../schemas/nrcms-configuration.ts';
import type { Clock } from '../../../src/clock.ts';
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
  StayFlows,
  TransactionContext,
  VerifyInput,
  WayOut,
} from '../../../src/settlement/port.ts';
import { flow } from '../nhsa/flow.ts';
import { childText, type Element } from '../nrcms/xml.ts';
import { contentOf } from './content.ts';
import { type Kind, kindOf, OUTPATIENT } from './kinds.ts';
import { eligibilityOf, familyInput, memberOf, provinceFields } from './people.ts';
import { effectOf, MONEY } from './profile.ts';
import { type Call, Service, type ServiceParts } from './service.ts';
import { readSplit } from './split.ts';
import { stayFlows } from './stays.ts';
import { accepted } from './step.ts';
import { BATCH_LINES_MAX, chargesInput, registrationInput, visitedOf } from './visit.ts';
import { queryByHandle } from './way-out.ts';

/** An insurer that holds connections and can let go of them. */
export interface NrcmsGuizhouInsurer extends Insurer {
  readonly stays: StayFlows;
  close(): Promise<void>;
}

/** The new rural cooperative scheme (新农合) behind the SOAP interface of Guizhou: outpatient visits and stays. */
export function createNrcmsGuizhouInsurer(
  configuration: NrcmsGuizhouConfiguration,
  parts: ServiceParts,
): NrcmsGuizhouInsurer {
  return new NrcmsGuizhou(configuration, new Service(configuration, parts), parts.clock);
}

class NrcmsGuizhou implements NrcmsGuizhouInsurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly waysOut: readonly WayOut[];
  readonly stays: StayFlows;
  readonly #configuration: NrcmsGuizhouConfiguration;
  readonly #service: Service;
  readonly #clock: Clock;

  constructor(configuration: NrcmsGuizhouConfiguration, service: Service, clock: Clock) {
    this.id = configuration.id;
    this.name = configuration.name ?? '新型农村合作医疗';
    this.capabilities = {
      place: 'basic',
      verifiesBy: [configuration.medicalNumber ?? 'card'],
      settings: ['outpatient', 'inpatient'],
      reserved: MONEY,
      signsInBy: 'S02',
    };
    this.#configuration = configuration;
    this.#service = service;
    this.#clock = clock;
    this.waysOut = [queryByHandle(configuration, service)];
    this.stays = stayFlows(configuration, service, (input, exchange) => this.#member(input, exchange));
  }

  /** S03. */
  verify(input: VerifyInput, exchange: Exchange): Promise<Outcome<Eligibility>> {
    return flow(async () => {
      const { member, at } = await this.#member(input, exchange);
      return { value: eligibilityOf(member), at };
    });
  }

  /** S03, S18, S21 in batches, S24; of a stay S13. The handle, outpId or inpId, is there before any money moves. */
  quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>> {
    return flow(async () => {
      const kind = kindOf(bill);
      const handle = bill.stay ? bill.stay.handle : await this.#register(bill, exchange);
      const trial = await accepted(
        this.#service,
        {
          operation: kind.trial,
          body: this.#settlementInput(kind, handle),
          check: (data) => amountsFault(data, bill),
        },
        exchange,
      );
      return { value: { split: readSplit(trial.data).split, handle }, at: trial.at };
    });
  }

  /** S25; of a stay S14. */
  settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    return flow(async () => {
      const done = await accepted(this.#service, this.#settling(bill, quote), exchange);
      return { value: this.#settled(done.data, bill, quote), at: done.at };
    });
  }

  settledBy(bill: Bill, quote: Quote, { answer }: AnsweredExchange): Settled | undefined {
    const verdict = this.#service.judge(this.#settling(bill, quote), answer);
    return verdict.kind === 'accepted' ? this.#settled(verdict.output as Element, bill, quote) : undefined;
  }

  /** S26 门诊冲红; of a stay S15. Its answer names nothing: the reversal is known by the handle. */
  reverse(bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    return flow(async () => {
      const done = await accepted(this.#service, this.#reversing(bill, settled), exchange);
      return { value: this.#reversed(settled), at: done.at };
    });
  }

  reversedBy(bill: Bill, settled: Settled, { answer }: AnsweredExchange): Reversed | undefined {
    const verdict = this.#service.judge(this.#reversing(bill, settled), answer);
    return verdict.kind === 'accepted' ? this.#reversed(settled) : undefined;
  }

  async transact(
    transaction: string,
    input: unknown,
    _context: TransactionContext,
    exchange: Exchange,
  ): Promise<Outcome<unknown>> {
    const effect = effectOf(transaction);
    if (!effect) throw new Fault('insurer.unknown-transaction', { pointer: '/infno' });
    if (effect === 'money') throw new Fault('insurer.reserved-transaction');
    const body = contentOf(input);
    const done = await this.#service.call({ operation: transaction, body }, exchange);
    if (done.kind !== 'accepted') return { kind: done.kind, reason: done.reason, at: done.at };
    return { kind: 'accepted', value: done.output, at: done.at };
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  async #member({ identity, at }: Pick<VerifyInput, 'identity' | 'at'>, exchange: Exchange) {
    const body = familyInput(identity, at, this.#configuration);
    const done = await accepted(this.#service, { operation: 'S03', body }, exchange);
    const member = memberOf(done.data, identity);
    if (!member) throw new Fault('settlement.not-insured');
    return { member, at: done.at };
  }

  /** S03, S18 and S21: a new registration each time, so that nothing uploaded counts twice. */
  async #register(bill: Bill, exchange: Exchange): Promise<Record<string, string>> {
    const { member } = await this.#member({ identity: bill.identity, at: bill.visit.startedAt }, exchange);
    const { personNumber: memberId, insurances } = eligibilityOf(member);
    if (!insurances.some(({ active }) => active)) throw new Fault('settlement.not-insured');
    const registered = await accepted(
      this.#service,
      {
        operation: 'S18',
        body: registrationInput(bill, memberId, this.#configuration),
        check: (data) =>
          childText(data, OUTPATIENT.handle) === ''
            ? '应答中没有 outpId / the answer has no outpId'
            : undefined,
      },
      exchange,
    );
    const visited = { outpId: childText(registered.data, OUTPATIENT.handle), memberId };
    for (let first = 0; first < bill.charges.length; first += BATCH_LINES_MAX) {
      const body = chargesInput(bill, visitedOf(visited), first, this.#configuration);
      await accepted(this.#service, { operation: 'S21', body }, exchange);
    }
    return visited;
  }

  #settlementInput(kind: Kind, handle: Readonly<Record<string, string>>) {
    const { redeemNo } = this.#configuration;
    return { [kind.handle]: handle[kind.handle] ?? '', redeemNo, ...provinceFields(this.#configuration) };
  }

  #settling(bill: Bill, quote: Quote): Call {
    const kind = kindOf(bill);
    return { operation: kind.settle, body: this.#settlementInput(kind, quote.handle) };
  }

  #settled(data: Element, bill: Bill, quote: Quote): Settled {
    const { split, faults } = readSplit(data);
    const wrong = split.totalFen === bill.totalFen ? faults : [...faults, 'bill'];
    return {
      split,
      number: quote.handle[kindOf(bill).handle] ?? '',
      settledAt: this.#clock.now(),
      handle: quote.handle,
      ...(wrong.length > 0 ? { faults: wrong } : {}),
    };
  }

  #reversing(bill: Bill, settled: Settled): Call {
    const kind = kindOf(bill);
    const body = { [kind.handle]: settled.number, ...provinceFields(this.#configuration) };
    return { operation: kind.reverse, body };
  }

  #reversed({ number }: Settled): Reversed {
    return { number, reversedAt: this.#clock.now() };
  }
}

/** Why a trial can't be relied on: nothing has moved yet, so it is asked anew. */
function amountsFault(data: Element, bill: Bill): string | undefined {
  const { split, faults } = readSplit(data);
  const wrong = split.totalFen === bill.totalFen ? faults : [...faults, 'bill'];
  return wrong.length === 0 ? undefined : `金额不符 / amounts: ${wrong.join(', ')}`;
}
