import type { Settlement, SettlementSummary } from '../../../schemas/settlement.ts';
import { yuanOf } from '../../../src/money.ts';
import type { PersistentClient } from '../../end-to-end/persistent.ts';
import type { PayerReport, TorturedPayer } from './insurer.ts';

/** Causes for which a person is called rightly: the insurer's own words don't say what happened. */
const ONLY_A_PERSON_CAN_TELL: ReadonlySet<string> = new Set([
  'settlement.amounts-wrong',
  'settlement.amounts-changed',
]);

export interface Verdict {
  readonly lost: string[];
  readonly doubled: string[];
  /** Left to a person, with the reason. */
  readonly undecided: string[];
  /** What else should not be. */
  readonly wrong: string[];
  readonly states: Readonly<Record<string, number>>;
  /** Why bills have no quote, by the code of the last reason. */
  readonly draftsFor: Record<string, number>;
}

/** Holds our ledger, as the API tells it, against the books of the payers, and every answer against what it told. */
export async function judge(
  his: PersistentClient,
  payers: readonly TorturedPayer[],
  reports: ReadonlyMap<string, PayerReport>,
): Promise<Verdict> {
  const all = await his.list<SettlementSummary>('/v1/settlements');
  const verdict: Verdict = {
    ...{ lost: [], undecided: [], wrong: [], draftsFor: {} },
    doubled: payers.flatMap(({ id }) => reports.get(id)!.doubled.map((bill) => `${bill} at ${id}`)),
    states: Object.fromEntries(
      Object.entries(Object.groupBy(all, ({ state }) => state)).map(([state, some]) => [state, some.length]),
    ),
  };
  const unclaimed = new Map<string, string>();
  for (const { id } of payers)
    for (const row of reports.get(id)!.live) unclaimed.set(`${id} ${row.number}`, textOf(row));
  for (const summary of all) await compare(his, summary, unclaimed, verdict);
  for (const [number, row] of unclaimed)
    verdict.lost.push(`${number} is in force and not in our ledger: ${row}`);
  await repeatAll(his, all, verdict);
  const { holds } = await his.get<{ holds: boolean }>('/v1/audit/verification');
  if (!holds) verdict.wrong.push('the audit trail does not hold');
  return verdict;
}

/** One settlement: each payer's part that it claims must be in force, to the fen; what it claims is crossed off. */
async function compare(
  his: PersistentClient,
  { id, billNumber, state }: SettlementSummary,
  unclaimed: Map<string, string>,
  verdict: Verdict,
): Promise<void> {
  const { legs, cause } = await his.get<Settlement>(`/v1/settlements/${id}`);
  if (state === 'draft') {
    const code = cause?.code ?? '';
    verdict.draftsFor[code] = (verdict.draftsFor[code] ?? 0) + 1;
  }
  if (state === 'needs-review') {
    const why = `${billNumber} ${cause?.code ?? 'without a reason'}`;
    verdict.undecided.push(why);
    if (!ONLY_A_PERSON_CAN_TELL.has(cause?.code ?? '')) verdict.wrong.push(`${why}: it could be told`);
    // Nothing is claimed of the one in question: in force or not, it is known, and a person looks.
    for (const { insurer, number } of legs) unclaimed.delete(`${insurer} ${number}`);
    return;
  }
  if (!['settled', 'quoted', 'draft', 'failed', 'reversed'].includes(state))
    verdict.wrong.push(`${billNumber} is still ${state}`);
  for (const { insurer, state: part, number, settled } of legs) {
    if ((part === 'settled') !== (state === 'settled'))
      verdict.wrong.push(`${billNumber} is ${state}, and at ${insurer} ${part}`);
    if (part !== 'settled' || !settled) continue;
    const ours = [billNumber, settled.total, settled.fund, settled.account, settled.cash].join(' ');
    const theirs = unclaimed.get(`${insurer} ${number}`);
    unclaimed.delete(`${insurer} ${number}`);
    if (theirs !== ours) verdict.lost.push(`${billNumber} at ${insurer}: we have ${ours}, they ${theirs}`);
  }
}

function textOf(row: PayerReport['live'][number]): string {
  const amounts = [row.totalFen, row.fundFen, row.accountFen, row.cashFen].map(yuanOf);
  return [row.billNumber, ...amounts].join(' ');
}

/** Every request that was acknowledged is answered the same again, and came to what it was told. */
async function repeatAll(
  his: PersistentClient,
  all: readonly SettlementSummary[],
  verdict: Verdict,
): Promise<void> {
  const byId = new Map(all.map((summary) => [summary.id, summary]));
  for (const { act, answer } of [...his.acknowledged]) {
    const again = await his.send(act);
    if (again.status !== answer.status || again.body !== answer.body)
      verdict.lost.push(`${act.key} was answered otherwise when it was repeated`);
    const told = JSON.parse(answer.body) as Settlement;
    const now = byId.get(told.id)?.state;
    const holds =
      told.state === 'reversed' || told.state === 'failed'
        ? now === told.state
        : told.state !== 'settled' || /^(settled|reversed|needs-review)$/.test(now ?? '');
    if (!now || !holds)
      verdict.lost.push(`${act.key} was told ${told.state}, and it is ${now ?? 'not there'}`);
  }
}
