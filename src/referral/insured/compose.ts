import type { Store } from '../../store/port.ts';
import { FILING, FilingNews, type NewsParts } from './news.ts';
import { reporting } from './observer.ts';
import { type ReportRow, reportsOf } from './queries.ts';
import { filingIdOf, type ReportParts, ReportWorker } from './worker.ts';

/** What insurers are told of referrals, put together. */
export function composeReports(given: Omit<ReportParts, 'news'> & NewsParts) {
  const news = new FilingNews(given);
  const parts = { ...given, news };
  const worker = new ReportWorker(parts);
  return {
    handlers: [[FILING, news] as const],
    worker,
    observer: reporting({ ...parts, wake: () => worker.wake() }),
    views: (referralId: string) => reportViews(parts.store, referralId),
  };
}

/** What an insurer was told of a referral, as the referral shows it. */
async function reportViews(store: Store, referral_id: string) {
  const rows = await store.all(reportsOf, { referral_id });
  return rows.length === 0 ? {} : { reports: rows.map(viewOf) };
}

function viewOf({ insurer, wanted, filing_state, number, problem, seen, ...row }: ReportRow) {
  return {
    ...{ insurer, wanted },
    ...(filing_state === null ? {} : { state: filing_state }),
    ...(number === null ? {} : { number }),
    ...(problem === null ? {} : { problem }),
    ...(seen === null ? {} : { listed: seen === 'on-file' }),
    ...(filing_state === null ? {} : { filingId: filingIdOf({ insurer, ...row }) }),
  };
}
