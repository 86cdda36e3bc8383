import type { Identity } from '../../../schemas/identity.ts';
import type { Caller } from '../../access/caller.ts';

/** What is asked of an insurer: who a person is to it, and a transaction that moves no money. Both throw a Fault. */
export interface InsurerInquiries {
  eligibility(
    insurer: string,
    identity: Identity,
    operator: undefined,
    caller: Caller,
  ): Promise<{ readonly value: { readonly personNumber: string } }>;
  transact(
    insurer: string,
    transaction: string,
    request: { input: Record<string, unknown> },
    caller: Caller,
  ): Promise<{ readonly output: unknown; readonly exchangeId?: string }>;
}
