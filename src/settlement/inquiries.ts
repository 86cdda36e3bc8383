import type { Identity } from '../../schemas/identity.ts';
import type { Purpose } from '../../schemas/settlement-words.ts';
import type { TransactionAnswer, TransactionRequest } from '../../schemas/transaction.ts';
import type { Caller } from '../access/caller.ts';
import { maskText } from '../access/masking.ts';
import type { Clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { Insurers } from './flows.ts';
import type { Journal, Trace } from './journal.ts';
import { maskAbout } from './model.ts';
import type {
  Eligibility,
  Exchange,
  FilingQuestion,
  Insurer,
  KnownFiling,
  Operator,
  Outcome,
} from './port.ts';
import { codeOf } from './verdicts.ts';

/** What is asked of an insurer without a settlement: who a person is, and any transaction that moves no money. */
export class Inquiries {
  readonly #insurers: Insurers;
  readonly #journal: Journal;
  readonly #clock: Clock;

  constructor(parts: { insurers: Insurers; journal: Journal; clock: Clock }) {
    this.#insurers = parts.insurers;
    this.#journal = parts.journal;
    this.#clock = parts.clock;
  }

  /** Faults: `insurer.not-found`, `.refused`, `.unreachable`, `.gateway-refused`, `.no-answer`. */
  async eligibility(
    insurerId: string,
    identity: Identity,
    operator: Operator | undefined,
    caller: Caller,
  ): Promise<{ value: Eligibility; exchangeId: string }> {
    const input = { identity, at: this.#clock.now(), ...(operator && { operator }) };
    const mask = (text: string) => maskAbout(text, identity.name);
    const { value, at } = await this.ask(insurerId, 'verify', caller, mask, (insurer, exchange) =>
      insurer.verify(input, exchange),
    );
    return { value, exchangeId: at.exchangeId };
  }

  /** As `eligibility`, and `insurer.unknown-transaction`, `insurer.reserved-transaction`, `request.invalid`. */
  async transact(
    insurerId: string,
    transaction: string,
    request: TransactionRequest,
    caller: Caller,
  ): Promise<TransactionAnswer> {
    const { input, operator, insuredPlace } = request;
    const context = {
      ...(operator && { operator }),
      ...(insuredPlace === undefined ? {} : { insuredPlace }),
    };
    const { value, at, trace } = await this.ask(
      insurerId,
      'transaction',
      caller,
      maskText,
      (insurer, exchange) => {
        if (insurer.capabilities.reserved.includes(transaction))
          throw new Fault('insurer.reserved-transaction');
        return insurer.transact(transaction, input, context, exchange);
      },
    );
    return {
      output: value,
      exchangeId: at.exchangeId,
      ownId: at.ownId,
      notes: [...(trace.last?.notes ?? [])],
    };
  }

  /** What an insurer has on file of a person. As `eligibility`, and `filing.unsupported`. */
  async filings(
    insurerId: string,
    question: FilingQuestion,
    caller: Caller,
  ): Promise<{ items: readonly KnownFiling[]; exchangeId: string }> {
    const mask = (text: string) => maskAbout(text, question.identity.name);
    const { value, at } = await this.ask(insurerId, 'filing', caller, mask, ({ filings }, exchange) => {
      if (!filings?.kinds.includes(question.kind)) throw new Fault('filing.unsupported');
      return filings.list(question, exchange);
    });
    return { items: value, exchangeId: at.exchangeId };
  }

  /**
   * Runs a flow at an insurer, each exchange journaled; answers what was accepted, and throws the fault that everything
   * else means. `mask` hides what is personal in the insurer's own words.
   */
  async ask<T>(
    insurerId: string,
    purpose: Purpose,
    caller: Caller,
    mask: (text: string) => string,
    work: (insurer: Insurer, exchange: Exchange) => Promise<Outcome<T>>,
  ) {
    const insurer = this.#insurers.get(insurerId);
    if (!insurer) throw new Fault('insurer.not-found');
    const { exchange, trace } = this.#journal.open({ ...caller, insurer: insurerId, purpose });
    const outcome = await atItsPlace(() => work(insurer, exchange));
    if (outcome.kind === 'accepted') return { ...outcome, trace };
    throw faultOf(outcome, trace, mask);
  }
}

function faultOf(
  outcome: Exclude<Outcome<unknown>, { kind: 'accepted' }>,
  trace: Trace,
  mask: (text: string) => string,
): Fault {
  const { exchangeId, ownId, transaction } = outcome.at;
  const facts = { exchangeId, ownId, transaction };
  return new Fault(codeOf(outcome.kind, trace.last), { detail: mask(outcome.reason), facts });
}

/** An adapter names the place within its input; a caller sees the whole body. */
async function atItsPlace<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Fault) || !error.context.pointer?.startsWith('/input')) throw error;
    throw new Fault(error.code, { ...error.context, pointer: `/body${error.context.pointer}` });
  }
}
