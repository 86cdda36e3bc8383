import type { MobileConfiguration } from '../../../schemas/insurer-configuration.ts';
import { type Clock, chinaDateTime } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type {
  AnsweredExchange,
  Bill,
  Capabilities,
  Doubt,
  Eligibility,
  Exchange,
  ExchangeRef,
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
import type { Call } from '../nhsa/call.ts';
import { type Decimals, decimalsOf, textOf } from '../nhsa/envelope.ts';
import { type AcceptedDone, accepted, Ended, flow } from '../nhsa/flow.ts';
import { MONEY } from '../nhsa/kinds.ts';
import { registrationInput, visitNumberOf } from '../nhsa/outpatient.ts';
import { chosenInsurance, eligibilityOf, personFault, personInput } from '../nhsa/people.ts';
import { Platform, type PlatformParts } from '../nhsa/platform.ts';
import { assertChineseCryptography } from '../nhsa/signing.ts';
import { type Visitor, visitorOf } from '../nhsa/visited.ts';
import { asking, paying, refunding, revoking } from './calls.ts';
import { handleOf, type Ordered, orderedOf, orderInput, refundNumberOf } from './inputs.ts';
import { dataOf, type Order, orderFaults, orderOf, splitOf } from './orders.ts';
import { paidAtOf, reversedOf, settledOf } from './results.ts';
import { nextOf } from './way-out.ts';

/** An insurer that holds connections and can let go of them. */
export interface MobileInsurer extends Insurer {
  close(): Promise<void>;
}

const PAY_WITHIN_MS = 300_000;

/** Mobile pay (医保移动支付, 6201–6401) as a payer. Throws where its configuration can't work. */
export function createMobileInsurer(
  configuration: MobileConfiguration,
  parts: PlatformParts & { readonly channels: NonNullable<PlatformParts['channels']> },
): MobileInsurer {
  assertChineseCryptography();
  if (configuration.covers === 'cash' && !configuration.restItem) {
    throw new Error(`insurers.${configuration.id}: covers = "cash" 须配置 restItem / needs restItem`);
  }
  return new Mobile(configuration, new Platform({ ...configuration, adapter: 'nhsa' }, parts), parts.clock);
}

/**
 * An order is made first (6201), and by its number it is paid (6202), asked about (6301), refunded (6203), and revoked
 * where nobody paid it (6401). Who the person is, the national platform says (1101).
 */
class Mobile implements MobileInsurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities;
  readonly waysOut: readonly WayOut[];
  readonly #configuration: MobileConfiguration;
  readonly #platform: Platform;
  readonly #clock: Clock;
  readonly #decimals: Decimals;

  constructor(configuration: MobileConfiguration, platform: Platform, clock: Clock) {
    this.id = configuration.id;
    this.name = configuration.name ?? '医保移动支付';
    this.capabilities = {
      place: configuration.covers === 'all' ? 'basic' : 'mobile',
      verifiesBy: ['document', 'card'],
      settings: [
        'outpatient',
        'chronic',
        ...(configuration.registrationDisease ? ['registration' as const] : []),
      ],
      reserved: MONEY,
      signsInBy: '9001',
    };
    this.waysOut = [
      {
        way: 'query-by-handle',
        decides: ['6202', '6203'],
        take: (bill, doubt, exchange) => this.#ask(bill, doubt, exchange),
      },
    ];
    this.#configuration = configuration;
    this.#platform = platform;
    this.#clock = clock;
    this.#decimals = decimalsOf(platform.profile);
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

  /**
   * 1101, with the insurance's part also 2201, then 6201; an order with the insurance's part is asked about at once
   * (6301), since only that tells who pays what.
   */
  quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>> {
    tokenOf(bill);
    const { covers, fixmedinsCode } = this.#configuration;
    return flow(async () => {
      const call = (step: Call) => accepted(this.#platform, { ...step, operator: bill.operator }, exchange);
      const person = await this.#person(bill, exchange);
      const visitor = visitorOf(person.personNumber, chosenInsurance(person.insurances, bill.insutype));
      const mdtrtId = covers === 'cash' ? bill.visit.number : await register(bill, visitor, call);
      const serial = await this.#platform.serial();
      const made = { medOrgOrd: fixmedinsCode + serial, mdtrtId, chrgBchno: serial };
      const { psn_no: psnNo, insutype, insuplc_admdvs: insuCode } = visitor;
      const done = await call({
        infno: '6201',
        input: orderInput(bill, { psnNo, insutype, insuCode, ...made }, this.#configuration, this.#decimals),
        check: (output) => {
          const { payOrdId, payToken } = dataOf(output);
          const complete = textOf(payOrdId) && textOf(payToken);
          return complete ? undefined : '应答中没有 payOrdId 或 payToken / the answer has no order';
        },
      });
      const { payOrdId, payToken } = dataOf(done.output);
      const ordered = { payOrdId: textOf(payOrdId), payToken: textOf(payToken), ...made };
      const handle = handleOf(ordered);
      if (covers === 'cash') {
        const split = splitOf({ totalFen: bill.leftFen, ownFen: bill.leftFen, accountFen: 0, fundFen: 0 });
        return { value: { split, handle }, at: done.at };
      }
      const asked = await call(
        asking(bill, ordered, this.#configuration, (order) => this.#amountsFault(order, bill)),
      );
      return { value: { split: splitOf(orderOf(asked.output)), handle }, at: asked.at };
    });
  }

  /** 6202. */
  settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    return flow(async () => {
      const done = await accepted(this.#platform, paying(bill, quote, this.#configuration), exchange);
      return { value: this.#settled(orderOf(done.output), bill, orderedOf(quote.handle)), at: done.at };
    });
  }

  settledBy(bill: Bill, quote: Quote, answered: AnsweredExchange): Settled | undefined {
    const verdict = this.#platform.judge(
      paying(bill, quote, this.#configuration),
      answered.ownId,
      answered.answer,
    );
    if (verdict.kind !== 'accepted') return undefined;
    return this.#settled(orderOf(verdict.output), bill, orderedOf(quote.handle));
  }

  /** 6203; with `refundToken = "revsToken"` after 6301, which gives it. */
  reverse(bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    return flow(async () => {
      const token = await this.#refundToken(bill, settled, exchange);
      const done = await accepted(this.#platform, refunding(bill, settled, this.#refund(token)), exchange);
      return { value: reversedOf(done.output, settled, this.#clock.now()), at: done.at };
    });
  }

  reversedBy(bill: Bill, settled: Settled, answered: AnsweredExchange): Reversed | undefined {
    const verdict = this.#platform.judge(
      refunding(bill, settled, this.#refund('')),
      answered.ownId,
      answered.answer,
    );
    return verdict.kind === 'accepted' ? reversedOf(verdict.output, settled, this.#clock.now()) : undefined;
  }

  async transact(
    transaction: string,
    input: unknown,
    context: TransactionContext,
    exchange: Exchange,
  ): Promise<Outcome<unknown>> {
    if (!this.#platform.specification.has(transaction) || !this.#platform.hasOwnWay(transaction)) {
      throw new Fault('insurer.unknown-transaction', { pointer: '/infno' });
    }
    if (MONEY.includes(transaction)) throw new Fault('insurer.reserved-transaction');
    const call = { infno: transaction, input, isPlain: true, operator: context.operator };
    const done = await this.#platform.call(call, exchange);
    if (done.kind !== 'accepted') return { kind: done.kind, reason: done.reason, at: done.at };
    return { kind: 'accepted', value: done.output, at: done.at };
  }

  close(): Promise<void> {
    return this.#platform.close();
  }

  /** 6301 by the order's number, and 6401 where nobody paid in time. */
  #ask(bill: Bill, doubt: Doubt, exchange: Exchange): Promise<Outcome<Proof>> {
    return flow(async (): Promise<{ value: Proof; at: ExchangeRef }> => {
      const { lost, quote, settled } = doubt;
      const ordered = orderedOf(lost.handle ?? settled?.handle ?? quote?.handle ?? {});
      const asked = await accepted(this.#platform, asking(bill, ordered, this.#configuration), exchange);
      const order = orderOf(asked.output);
      const payWithinMs = this.#configuration.payWithinMs ?? PAY_WITHIN_MS;
      const patience = { payWithinMs, now: this.#clock.now() };
      const next = nextOf(order, doubt, patience);
      switch (next.is) {
        case 'paid':
          return {
            value: { is: 'settled', settled: this.#settled(order, bill, ordered, paidAtOf(asked.output)) },
            at: asked.at,
          };
        case 'refunded': {
          const reversed = { number: refundNumberOf(ordered), reversedAt: this.#clock.now() };
          return { value: { is: 'reversed', reversed }, at: asked.at };
        }
        case 'revoke': {
          const done = await this.#platform.call(revoking(bill, ordered, this.#configuration), exchange);
          if (done.kind === 'accepted') return { value: { is: 'undone' }, at: done.at };
          // Refused, it may just have been paid: the next look tells.
          if (done.kind === 'refused') return { value: { is: 'open', reason: done.reason }, at: done.at };
          throw new Ended({ kind: done.kind, reason: done.reason, at: done.at });
        }
        default:
          return { value: next, at: asked.at };
      }
    });
  }

  async #refundToken(bill: Bill, { handle }: Settled, exchange: Exchange): Promise<string> {
    if (this.#configuration.refundToken !== 'revsToken') return tokenOf(bill);
    const asked = await accepted(
      this.#platform,
      asking(bill, orderedOf(handle), this.#configuration),
      exchange,
    );
    return orderOf(asked.output).revsToken || tokenOf(bill);
  }

  #settled(order: Order, bill: Bill, ordered: Ordered, paidAt = this.#clock.now()): Settled {
    return settledOf(order, bill, ordered, { covers: this.#configuration.covers, paidAt });
  }

  #amountsFault(order: Order, bill: Bill): string | undefined {
    const faults = orderFaults(order, bill, this.#configuration.covers);
    return faults.length === 0 ? undefined : `金额不符 / amounts: ${faults.join(', ')}`;
  }

  #refund(ecToken: string) {
    return { ecToken, at: this.#clock.now(), decimals: this.#decimals };
  }

  async #person(bill: Bill, exchange: Exchange): Promise<Eligibility> {
    const { identity, visit, operator } = bill;
    const outcome = await this.verify(
      { identity, at: visit.startedAt, ...(operator ? { operator } : {}) },
      exchange,
    );
    if (outcome.kind !== 'accepted') throw new Ended(outcome);
    return outcome.value;
  }
}

/** 2201: opens the visit that the insurance's part belongs to. */
async function register(
  bill: Bill,
  visitor: Visitor,
  call: (step: Call) => Promise<AcceptedDone>,
): Promise<string> {
  const registered = await call({
    infno: '2201',
    input: registrationInput(bill, visitor),
    insuredPlace: visitor.insuplc_admdvs,
    check: (output) => (visitNumberOf(output) ? undefined : '应答中没有就诊ID / the answer has no mdtrt_id'),
  });
  return visitNumberOf(registered.output);
}

/** The token of the patient's code, without which nothing is paid by telephone. */
function tokenOf({ identity }: Bill): string {
  if (identity.insuranceCodeToken) return identity.insuranceCodeToken;
  throw new Fault('settlement.code-needed', { pointer: '/identity/insuranceCodeToken' });
}
