import type { FilingReview, FilingWithdrawal } from '../../../schemas/filing.ts';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { FilingFlow } from './flows.ts';
import type { FilingLedger, Step } from './ledger.ts';
import { isUnsettled } from './machine.ts';
import type { NewFiling } from './model.ts';
import type { FilingRow } from './queries.ts';
import { inRequest } from './rules.ts';

/** A request that acts on a filing. `act` names the request: repeated, it finds itself done. */
export interface Act {
  readonly id: string;
  readonly act: string;
  readonly caller: Caller;
  /** The version the caller has read (If-Match). */
  readonly version?: number | undefined;
}

/**
 * What may be done to filings. Each act is on disk before anything is sent; a repeat of one that is on disk answers
 * how the filing stands.
 */
export class FilingService {
  readonly #ledger: FilingLedger;
  readonly #flow: FilingFlow;

  constructor(parts: { ledger: FilingLedger; flow: FilingFlow }) {
    this.#ledger = parts.ledger;
    this.#flow = parts.flow;
  }

  get(id: string): Promise<FilingRow> {
    return this.#ledger.get(id);
  }

  /**
   * Files under `id`. What the insurer refuses, or doesn't answer, is a filing too: its state and cause tell.
   * `prepare` is not asked where an earlier run of the same request has written it down. Faults: `insurer.not-found`,
   * `filing.unsupported`, `filing.live`, `settlement.not-insured`, `request.invalid`.
   */
  async file(id: string, caller: Caller, prepare: () => Promise<NewFiling>): Promise<FilingRow> {
    const known = await this.#ledger.find(id);
    if (known) return this.#flow.carryOn(known);
    const wanted = await prepare();
    const { kind } = wanted.filing;
    this.#flow.flowsOf(wanted.insurer, kind);
    const row = await this.#ledger.create(wanted, caller, this.#flow.leaseUntil(wanted.insurer));
    try {
      return await this.#flow.file(row, caller);
    } catch (error) {
      if (!(error instanceof Fault) || error.context.pointer === undefined) throw error;
      throw new Fault(error.code, {
        ...error.context,
        pointer: `/body${inRequest(error.context.pointer, kind)}`,
      });
    }
  }

  /** Withdraws what is filed. The number must be given where the insurer's list, which has it on file, gave none. */
  async withdraw({ id, act, caller, version }: Act, body: FilingWithdrawal): Promise<FilingRow> {
    if (await this.#ledger.hasDone(id, act)) return this.#flow.carryOn(await this.#ledger.get(id));
    const { insurer } = await this.#ledger.get(id);
    const begun = await this.#begin(id, version, (current) => {
      // Which state allows it is the machine's to say.
      if (current.state === 'filed') numberOf(current, body.number);
      const lease = { next_check_at: this.#flow.leaseUntil(insurer), running: 1 };
      return {
        event: 'withdraw',
        caller,
        act,
        note: body.reason,
        change: { ...lease, exchange: null, looks: 0 },
      };
    });
    return this.#flow.withdraw(begun, numberOf(begun, body.number), body.reason, caller);
  }

  /** Looks now for what got no answer, as far as that can prove anything yet. */
  async check(id: string): Promise<FilingRow> {
    const row = await this.#ledger.get(id);
    return isUnsettled(row.state) ? this.#flow.carryOn(row) : row;
  }

  /** Records what a person found out where the gateway could not. */
  async review({ id, act, caller, version }: Act, body: FilingReview): Promise<FilingRow> {
    if (await this.#ledger.hasDone(id, act)) return this.#ledger.get(id);
    const change = body.number === undefined ? {} : { number: body.number };
    return this.#begin(id, version, () => ({
      event: `review-${body.found}`,
      ...{ caller, act, note: body.note, change },
      ...(body.found === 'filed' ? {} : { cause: { code: 'filing.reviewed' } }),
    }));
  }

  async #begin(
    id: string,
    version: number | undefined,
    plan: (current: FilingRow) => Step,
  ): Promise<FilingRow> {
    return this.#ledger.move(id, undefined, (current) => {
      if (version !== undefined && current.version !== version) throw new Fault('request.version');
      return plan(current);
    });
  }
}

/** The number to withdraw under. One that was typed is only kept once the insurer has taken it. */
function numberOf({ number }: FilingRow, given: string | undefined): string {
  if (number !== null && given !== undefined && given !== number) {
    throw new Fault('request.invalid', { pointer: '/body/number', detail: 'is not the number on file' });
  }
  const known = number ?? given;
  if (known === undefined) throw new Fault('filing.no-number', { pointer: '/body/number' });
  return known;
}
