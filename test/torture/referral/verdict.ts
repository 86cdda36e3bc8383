import type { Delivery } from '../../../schemas/delivery.ts';
import type { HistoryEntry, Referral, ReferralSummary } from '../../../schemas/referral.ts';
import type { PersistentClient } from '../../end-to-end/persistent.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import type { End, Ends } from './ends.ts';
import { otherSide, SIDES, type Side } from './steps.ts';

/** Histories and repeats that are asked for at once. */
const AT_ONCE = 8;
/** What a gateway notes for itself. */
const OWN_NOTES: ReadonlySet<string> = new Set(['send', 'store', 'receipt']);

export interface Verdict {
  readonly lost: string[];
  readonly doubled: string[];
  readonly differing: string[];
  /** What else should not be. */
  readonly wrong: string[];
  /** By state, the referrals of both directions as their initiators have them. */
  readonly states: Record<string, number>;
  messages: number;
}

/** Holds the book of each end against the other's, and both against what was acknowledged. */
export async function judge(
  ends: Ends,
  acknowledged: Readonly<Record<Side, Acknowledgements>>,
): Promise<Verdict> {
  const verdict: Verdict = {
    ...{ lost: [], doubled: [], differing: [], wrong: [], states: {} },
    messages: 0,
  };
  const books = { clinic: await bookOf(ends.clinic), hospital: await bookOf(ends.hospital) };
  for (const side of SIDES) {
    const [own, other] = [books[side], books[otherSide(side)]];
    for (const id of acknowledged[side].created)
      if (!own.initiated.some((each) => each.id === id))
        verdict.lost.push(`${id} was acknowledged by the ${side}, and is not there`);
    if (own.initiated.length > acknowledged[side].created.length)
      verdict.doubled.push(`${own.initiated.length} referrals of the ${side}, not as many as were sent`);
    pairOff(side, own.initiated, other.received, verdict);
    await each(own.initiated, (referral) => {
      verdict.states[referral.state] = (verdict.states[referral.state] ?? 0) + 1;
      const twin = other.received.find(({ caseId }) => caseId === referral.caseId);
      return twin ? compare({ ends, acknowledged, side }, referral, twin, verdict) : Promise.resolve();
    });
  }
  for (const side of SIDES) {
    await judgeClaims(ends[side], acknowledged[side], verdict);
    await judgeDeliveries(ends[side], verdict);
    await repeatAll(ends[side].his, verdict);
    const { holds } = await ends[side].his.get<{ holds: boolean }>('/v1/audit/verification');
    if (!holds) verdict.wrong.push(`the audit trail of the ${side} does not hold`);
  }
  return verdict;
}

interface Book {
  readonly initiated: readonly ReferralSummary[];
  readonly received: readonly ReferralSummary[];
}

async function bookOf({ his }: End): Promise<Book> {
  const all = await his.list<ReferralSummary>('/v1/referrals');
  const of = (role: string) => all.filter((referral) => referral.role === role);
  return { initiated: of('initiator'), received: of('recipient') };
}

/** Each case once at each end. */
function pairOff(
  side: Side,
  sent: readonly ReferralSummary[],
  received: readonly ReferralSummary[],
  verdict: Verdict,
): void {
  const cases = new Set(sent.map(({ caseId }) => caseId));
  const arrived = new Map<string, number>();
  for (const { caseId } of received) {
    arrived.set(caseId, (arrived.get(caseId) ?? 0) + 1);
    if (!cases.has(caseId)) verdict.lost.push(`${caseId} has arrived, and the ${side} does not have it`);
  }
  for (const caseId of cases)
    if (!arrived.has(caseId)) verdict.lost.push(`${caseId} of the ${side} has not arrived`);
  for (const [caseId, times] of arrived)
    if (times > 1) verdict.doubled.push(`${caseId} of the ${side} has arrived ${times} times`);
}

interface Where {
  readonly ends: Ends;
  readonly acknowledged: Readonly<Record<Side, Acknowledgements>>;
  /** Who initiated it. */
  readonly side: Side;
}

/** One referral at its two ends: the same state, the same history, and in it each act that was acknowledged, once. */
async function compare(
  { ends, acknowledged, side }: Where,
  referral: ReferralSummary,
  twin: ReferralSummary,
  verdict: Verdict,
): Promise<void> {
  const other = otherSide(side);
  await compareContent(ends, side, [referral.id, twin.id], verdict);
  const here = await historyOf(ends[side].his, referral.id);
  const there = await historyOf(ends[other].his, twin.id);
  const { caseId } = referral;
  if (referral.state !== twin.state || referral.closed !== twin.closed)
    verdict.differing.push(`${caseId} is ${referral.state} at the ${side} and ${twin.state} at the ${other}`);
  else if (!isSameStory(storyOf(here), storyOf(there))) {
    const [one, another] = [here, there].map((history) => storyOf(history).map(lineOf).join('\n'));
    verdict.differing.push(`${caseId} came otherwise:\n${one}\n--\n${another}`);
  }
  for (const [who, at, id] of [
    ['initiator', side, referral.id],
    ['recipient', other, twin.id],
  ] as const) {
    const told = acknowledged[at].of(id);
    for (const history of [here, there]) {
      const done = Object.groupBy(
        history.filter((entry) => entry.who === who && !OWN_NOTES.has(entry.type)),
        ({ type }) => type,
      );
      for (const type of new Set([...Object.keys(told), ...Object.keys(done)])) {
        if (type === 'create') continue;
        const [expected, found] = [told[type] ?? 0, done[type]?.length ?? 0];
        if (found < expected) verdict.lost.push(`${caseId} ${type} by the ${at}: ${found} of ${expected}`);
        if (found > expected)
          verdict.doubled.push(`${caseId} ${type} by the ${at}: ${found} for ${expected}`);
      }
    }
  }
}

/** What a referral says, as it is on file at its two ends. */
async function compareContent(
  ends: Ends,
  side: Side,
  [hereId, thereId]: readonly [string, string],
  verdict: Verdict,
): Promise<void> {
  const said = async (at: Side, id: string) => {
    const { caseId, form, consent, appointment, outcome, reason, department, priority, channel, retro } =
      await ends[at].his.get<Referral>(`/v1/referrals/${id}`);
    const all = { caseId, form, consent, appointment, outcome, reason, department, priority, channel, retro };
    return JSON.stringify(all, undefined, 1);
  };
  const [here, there] = [await said(side, hereId), await said(otherSide(side), thereId)];
  if (here !== there) verdict.differing.push(`it says otherwise:\n${here}\n--\n${there}`);
}

async function historyOf(his: PersistentClient, id: string): Promise<HistoryEntry[]> {
  return his.list<HistoryEntry>(`/v1/referrals/${id}/history`);
}

/**
 * What happened, as both ends must tell it: side by side, since each end lists its own acts where they were done and
 * the other's where they arrived.
 */
function storyOf(history: readonly HistoryEntry[]): HistoryEntry[] {
  const told = history.filter(({ type }) => !OWN_NOTES.has(type));
  const by = (side: HistoryEntry['who']) => told.filter(({ who }) => who === side);
  return [...by('initiator'), ...by('recipient')];
}

function lineOf({ who, type, from, to, transition }: HistoryEntry): string {
  return `${who} ${type}: ${from} → ${to} (${transition ?? 'ignored'})`;
}

/** What is still pending at its own end may turn out to have met another state at the other, where it is decided. */
function isSameStory(here: readonly HistoryEntry[], there: readonly HistoryEntry[]): boolean {
  return (
    here.length === there.length &&
    here.every((one, i) => {
      const other = there[i]!;
      const isPending = one.outcome === 'pending' || other.outcome === 'pending';
      return isPending ? one.who === other.who && one.type === other.type : lineOf(one) === lineOf(other);
    })
  );
}

/** Whoever was told that a referral is theirs has it, and nobody else was told so. */
async function judgeClaims(
  { his, side }: End,
  { claims }: Acknowledgements,
  verdict: Verdict,
): Promise<void> {
  await each([...claims], async ([id, doctors]) => {
    const { claim } = await his.get<Referral>(`/v1/referrals/${id}`);
    const [doctor, ...others] = new Set(doctors);
    if (claim?.doctor.number !== doctor) verdict.lost.push(`${id} was claimed by ${doctor} of the ${side}`);
    if (others.length > 0) verdict.doubled.push(`${id} was claimed by ${doctor} and ${others.join()}`);
  });
}

/** Every message has arrived: none waits, none was given up. */
async function judgeDeliveries({ his, side }: End, verdict: Verdict): Promise<void> {
  const deliveries = await his.list<Delivery>('/v1/deliveries');
  verdict.messages += deliveries.length;
  for (const { state, type, lastError } of deliveries)
    if (state !== 'delivered')
      verdict.lost.push(`a ${type} of the ${side} is ${state}: ${lastError ?? 'without a reason'}`);
}

/** Every request that was acknowledged is answered the same again. */
async function repeatAll(his: PersistentClient, verdict: Verdict): Promise<void> {
  await each([...his.acknowledged], async ({ act, answer }) => {
    const again = await his.send(act);
    if (again.status !== answer.status || again.body !== answer.body)
      verdict.lost.push(`${act.key} was answered otherwise when it was repeated`);
  });
}

/** Works through all, some at once. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
