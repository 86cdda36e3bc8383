import { useCallback, useEffect, useRef, useState } from 'react';
import type { Settlement, SettlementRequest } from '../../../../schemas/settlement.ts';
import { call, newKey } from '../api.ts';
import { useWork } from '../shell/use-work.ts';

/** How often a settlement whose outcome is unknown is looked at. */
const LOOK_MS = 3_000;

const MOVING: ReadonlySet<string> = new Set(['settling', 'reversing', 'in-doubt']);

export type DeskAct = 'quote' | 'confirm' | 'reverse' | 'abandon';

export interface Settling {
  readonly settlement: Settlement | undefined;
  readonly error: unknown;
  readonly busy: boolean;
  quote(request: SettlementRequest): Promise<void>;
  /** Takes up one that is there already. */
  take(id: string): Promise<void>;
  act(act: DeskAct, body?: object): Promise<void>;
  forget(): void;
}

/**
 * One settlement of this desk. An act that got no answer keeps its key, so that pressing again asks for the same act
 * and never for a second one; a bill that was changed in between is another act.
 */
export function useSettlement(): Settling {
  const [settlement, setSettlement] = useState<Settlement>();
  const { busy, error, run: work, clear } = useWork();
  const pending = useRef<{ what: string; key: string } | undefined>(undefined);

  const once = (what: string, run: (key: string) => Promise<Settlement>) => {
    if (pending.current?.what !== what) pending.current = { what, key: newKey() };
    const { key } = pending.current;
    return work(async () => {
      setSettlement(await run(key));
      pending.current = undefined;
    });
  };

  const moving = settlement !== undefined && MOVING.has(settlement.state) ? settlement.id : undefined;
  useEffect(() => {
    if (moving === undefined) return undefined;
    const timer = setInterval(() => {
      call<Settlement>('GET', `/v1/settlements/${moving}`)
        .then((known) => setSettlement((before) => (before?.id === known.id ? known : before)))
        .catch(() => undefined);
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [moving]);

  const forget = useCallback(() => {
    pending.current = undefined;
    setSettlement(undefined);
    clear();
  }, [clear]);

  return {
    settlement,
    error,
    busy,
    quote: (body) =>
      once(`quote ${JSON.stringify(body)}`, (key) => call('POST', '/v1/settlements', { body, key })),
    take: (id) =>
      work(async () => {
        setSettlement(await call<Settlement>('GET', `/v1/settlements/${id}`));
      }),
    act: (act, body) =>
      once(`${act} ${settlement?.id} ${JSON.stringify(body)}`, (key) =>
        call('POST', `/v1/settlements/${settlement?.id}/${act}`, {
          ...{ key, version: settlement?.version ?? 0 },
          ...(body === undefined ? {} : { body }),
        }),
      ),
    forget,
  };
}
