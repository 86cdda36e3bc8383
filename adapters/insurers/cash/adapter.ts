import { randomUUID } from 'node:crypto';
import type { CashConfiguration } from '../../../schemas/payer-configuration.ts';
import { type Clock, timestampOf } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { yuanOf } from '../../../src/money.ts';
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
  WayOut,
} from '../../../src/settlement/port.ts';
import { paidOf, without } from '../left-over.ts';
import { record } from '../local-record.ts';

const RECEIVE = 'receive';
const RETURN = 'return';

/** Cash over the counter: what the payers before have left is received, and recorded; nothing is asked of anybody. */
export function createCashPayer(
  configuration: CashConfiguration,
  clock: Clock,
): Insurer & { close(): Promise<void> } {
  return new Cash(configuration, clock);
}

class Cash implements Insurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities = {
    place: 'cash',
    verifiesBy: [],
    settings: ['outpatient', 'chronic', 'registration', 'pharmacy', 'inpatient', 'mid-stay'],
    reserved: [RECEIVE, RETURN],
  };
  readonly waysOut: readonly WayOut[] = [
    {
      way: 'query-by-handle',
      decides: [RECEIVE, RETURN],
      // The record is all there is of it: without its answer on disk nobody was told that it was made.
      take: async () => without({ is: 'undone' }, RECEIVE),
    },
  ];
  readonly #clock: Clock;

  constructor({ id, name }: CashConfiguration, clock: Clock) {
    this.id = id;
    this.name = name ?? '现金';
    this.#clock = clock;
  }

  async verify(): Promise<Outcome<Eligibility>> {
    throw new Fault('insurer.unsupported');
  }

  async quote(bill: Bill): Promise<Outcome<Quote>> {
    return without({ split: paidOf(bill, bill.leftFen), handle: {} }, RECEIVE);
  }

  async settle(bill: Bill, { split }: Quote, exchange: Exchange): Promise<Outcome<Settled>> {
    const at = await this.#record(RECEIVE, bill, split.paidFen ?? 0, exchange);
    if (!at.written) return { kind: 'not-run', reason: at.reason, at };
    return { kind: 'accepted', value: this.#settled(split, at.ownId), at };
  }

  settledBy(_bill: Bill, { split }: Quote, { ownId }: AnsweredExchange): Settled {
    return this.#settled(split, ownId);
  }

  async reverse(bill: Bill, { split }: Settled, exchange: Exchange): Promise<Outcome<Reversed>> {
    const at = await this.#record(RETURN, bill, split.paidFen ?? 0, exchange);
    if (!at.written) return { kind: 'not-run', reason: at.reason, at };
    return { kind: 'accepted', value: this.#reversed(at.ownId), at };
  }

  reversedBy(_bill: Bill, _settled: Settled, { ownId }: AnsweredExchange): Reversed {
    return this.#reversed(ownId);
  }

  async transact(): Promise<Outcome<unknown>> {
    throw new Fault('insurer.unknown-transaction', { pointer: '/infno' });
  }

  async close(): Promise<void> {}

  #record(transaction: string, { billNumber, operator }: Bill, paidFen: number, exchange: Exchange) {
    const amount = yuanOf(paidFen);
    const by = operator?.no ?? '';
    const at = timestampOf(this.#clock.now());
    return record(exchange, { transaction, ownId: randomUUID(), content: { billNumber, amount, by, at } });
  }

  #settled(split: Settled['split'], number: string): Settled {
    return { split, number, settledAt: this.#clock.now(), handle: {} };
  }

  #reversed(number: string): Reversed {
    return { number, reversedAt: this.#clock.now() };
  }
}
