import { useEffect, useState } from 'react';
import type { Eligibility } from '../../../../schemas/eligibility.ts';
import type { OnFileList } from '../../../../schemas/filing.ts';
import type { Reading } from '../../../../schemas/reading.ts';
import type { SettlementList, SettlementSummary } from '../../../../schemas/settlement.ts';
import { ApiError, call, newKey } from '../api.ts';

/** What is known of whoever's card lies on the reader, as it comes in. */
export interface KnownPerson {
  readonly eligibility?: Eligibility | undefined;
  /** Why the insurer could not be asked. */
  readonly error?: unknown;
  /** Chronic diseases on file (慢特病备案): the codes. */
  readonly chronic: readonly string[];
  /** The insurer would not say what is on file. */
  readonly chronicUnknown: boolean;
  /** Bills that the HIS has opened for this person and nobody has settled, the newest first. */
  readonly bills: readonly SettlementSummary[];
}

const NOTHING: KnownPerson = { chronic: [], chronicUnknown: false, bills: [] };

/** Asks, at the same time, for everything that a desk should know of the person that was read. */
export function usePerson(reading: Reading | undefined, insurer: string | undefined): KnownPerson {
  const [known, setKnown] = useState(NOTHING);
  const readingId = reading?.identity ? reading.id : undefined;
  useEffect(() => {
    setKnown(NOTHING);
    if (readingId === undefined) return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const tell = (more: Partial<KnownPerson>) => {
      if (!signal.aborted) setKnown((known) => ({ ...known, ...more }));
    };
    call<SettlementList>('POST', '/v1/settlements/search', { body: { readingId }, signal })
      .then(({ items }) => tell({ bills: items.filter(isOpen) }))
      .catch(() => undefined);
    if (insurer !== undefined) {
      const asked = { insurer, readingId };
      call<Eligibility>('POST', '/v1/eligibility', { body: asked, key: newKey(), signal })
        .then((eligibility) => tell({ eligibility }))
        .catch((error) => tell({ error }));
      call<OnFileList>('POST', '/v1/filings/on-file', { body: { ...asked, kind: 'chronic' }, signal })
        .then(({ items }) => tell({ chronic: items.map(({ about }) => about) }))
        .catch((error) => tell({ chronicUnknown: !isUnsupported(error) }));
    }
    return () => controller.abort();
  }, [readingId, insurer]);
  return known;
}

/** A bill that the desk may go on with: not settled, and nothing is under way. */
export function isOpen({ state, actions }: SettlementSummary): boolean {
  return (state === 'draft' || state === 'quoted') && actions.includes('quote');
}

function isUnsupported(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === 'filing.unsupported';
}
