import { useCallback, useEffect } from 'react';
import type { Difference, Statement, StatementSummary } from '../../../../schemas/statement.ts';
import type { Insurer } from '../../../../schemas/transaction.ts';
import { call } from '../api.ts';
import { dayOf } from '../shell/time.ts';
import { useAct } from '../shell/use-act.ts';
import { useLoaded } from '../shell/use-loaded.ts';
import type { Kind } from './matters.ts';

/** How soon a comparison that is under way is looked at again. */
const LOOK_MS = 1_000;

export interface StatementSaid {
  readonly day: string | undefined;
  /** Nothing while it is not known. */
  readonly offered: boolean | undefined;
  /** Of that day, as it was last made. */
  readonly statement: Statement | undefined;
  readonly difference: Difference | undefined;
  /** The statement has it among what is not decided here. */
  readonly undecided: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  compare(): void;
}

/** What the insurer's statement of the day says about a settlement that was asked for at `sentAt`. */
export function useStatementOf(
  insurer: string,
  sentAt: string | undefined,
  { kind, id }: { readonly kind: Kind; readonly id: string },
): StatementSaid {
  const day = sentAt === undefined || kind !== 'settlement' ? undefined : dayOf(sentAt);
  const { data, error, reload } = useLoaded(
    useCallback((signal) => read(insurer, day, signal), [insurer, day]),
  );
  const { busy, error: actError, once } = useAct();
  const statement = data?.statement;
  const isRunning = statement?.state === 'running';
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(reload, LOOK_MS);
    return () => clearInterval(timer);
  }, [isRunning, reload]);
  const difference = statement?.differences.find((each) => each.settlementId === id);
  return {
    ...{ day, offered: data?.offered, statement, difference },
    undecided: statement?.undecided.some(({ settlementId }) => settlementId === id) ?? false,
    busy: busy || isRunning,
    error: actError ?? error,
    compare: () =>
      void once(`compare ${insurer} ${day}`, async (key) => {
        await call('POST', '/v1/statements', { body: { insurer, date: day }, key });
        reload();
      }),
  };
}

async function read(
  insurer: string,
  day: string | undefined,
  signal: AbortSignal,
): Promise<{ offered: boolean; statement?: Statement }> {
  const { items: insurers } = await call<{ items: Insurer[] }>('GET', '/v1/insurers', { signal });
  const offered = insurers.find(({ id }) => id === insurer)?.capabilities.statements ?? false;
  if (!offered || day === undefined) return { offered };
  const which = `insurer=${encodeURIComponent(insurer)}&from=${day}&to=${day}`;
  const { items } = await call<{ items: StatementSummary[] }>('GET', `/v1/statements?${which}`, { signal });
  const made = items.find(({ period }) => period === day);
  if (!made) return { offered };
  return { offered, statement: await call<Statement>('GET', `/v1/statements/${made.id}`, { signal }) };
}
