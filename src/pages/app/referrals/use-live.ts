import { useRef } from 'react';
import type { Referral } from '../../../../schemas/referral.ts';
import { type Heard, useEvents } from '../shell/use-events.ts';

const LIVE = ['referral.state', 'referral.overdue', 'referral.contact', 'attachment.state'];

type Open = Pick<Referral, 'id' | 'caseId' | 'links'> | undefined;

/**
 * Reads the list again when anything happens, and the referral that is open when something happens to it: each look at
 * a person is on the audit trail, and nobody should stand there who did not look.
 */
export function useLive(
  listens: boolean,
  open: Open,
  tell: { readonly list: () => void; readonly case: () => void; readonly each: (event: Heard) => void },
): void {
  const heard = useRef<Heard[]>([]);
  useEvents(
    listens ? LIVE : [],
    () => {
      const events = heard.current;
      heard.current = [];
      tell.list();
      // Nothing was heard where the stream was cut: then anything may have happened.
      if (events.length === 0 || events.some((event) => concerns(event, open))) tell.case();
    },
    (event) => {
      heard.current.push(event);
      tell.each(event);
    },
  );
}

/** Whether an event is about this referral, one of its files, or another referral of its case. */
export function concerns({ subject, data }: Heard, open: Open): boolean {
  if (!open) return false;
  return subject === open.id || data.caseId === open.caseId || open.links.some((link) => link.id === subject);
}
