import type { Rows } from '../../store/port.ts';
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
    views: reportViews,
  };
}

/** What an insurer was told of a referral, as the referral shows it. */
async function reportViews(referral_id: string, rows: Rows) {
  const reports = await rows.all(reportsOf, { referral_id });
  return reports.length === 0 ? {} : { reports: reports.map(viewOf) };
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
