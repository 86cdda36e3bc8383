import type { MeasureQuery, MeasuresConfiguration, ReferralMeasures } from '../../../schemas/measure.ts';
import { MEASURES } from '../../../schemas/measure.ts';
import { PRIORITIES } from '../../../schemas/referral.ts';
import { type Clock, timestampOf } from '../../clock.ts';
import type { VisitCounts } from '../../settlement/port.ts';
import { spanOf } from '../../store/china-days.ts';
import type { Store } from '../../store/port.ts';
import { answersWithin, type CountRow, countReferrals, countTakenUp, type GroupRow } from './queries.ts';
import { ANSWER_MINUTES, COUNTY, DEFINITIONS, isOutside, limitsOf, type Placed, rateOf } from './rules.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface MeasureParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly own: Placed & { readonly name: string };
  /** The organisations that are known now. */
  readonly known: () => readonly (Placed & { readonly name: string })[];
  readonly visits: VisitCounts;
  readonly measures?: MeasuresConfiguration | undefined;
}

/** How well the loop closes: counted in the database, with what each number means. Nothing personal is read. */
export class MeasureService {
  readonly #parts: MeasureParts;

  constructor(parts: MeasureParts) {
    this.#parts = parts;
  }

  async referrals({ from, to, groupBy, role, organisation }: MeasureQuery): Promise<ReferralMeasures> {
    const { store, clock, measures } = this.#parts;
    const limits = limitsOf(measures);
    const span = { ...spanOf(from, to), now: clock.now(), role, organisation };
    const [total] = await countReferrals(store, span, limits);
    const groups = groupBy ? await countReferrals(store, span, limits, groupBy) : [];
    const isHop = groupBy === 'hop';
    return {
      ...{ from, to, at: timestampOf(span.now) },
      definitions: MEASURES.map((measure) => ({ measure, ...DEFINITIONS[measure] })),
      limits: PRIORITIES.map((priority) => ({
        priority,
        deliveredWithinMinutes: limits.deliveredMs[priority] / MINUTE_MS,
        answeredWithinMinutes: limits.answeredMs[priority] / MINUTE_MS,
        returnedWithinMinutes: limits.returnedMs[priority] / MINUTE_MS,
      })),
      closedWithinDays: limits.closedMs / DAY_MS,
      total: countsOf(total!),
      groups: groups.map((row) => ({
        ...(isHop ? this.#hopOf(row) : this.#groupOf(row, groupBy === 'organisation')),
        ...countsOf(row),
      })),
      county: await this.#county(span),
    };
  }

  #groupOf({ key }: GroupRow, isOrganisation: boolean) {
    return { key: key ?? '', ...(isOrganisation ? { label: this.#nameOf(key ?? '') } : {}) };
  }

  /** From whom to whom: this organisation is one end of each. */
  #hopOf({ key, role }: GroupRow) {
    const own = this.#parts.own.code;
    const ends = role === 'initiator' ? [own, key ?? ''] : [key ?? '', own];
    return { key: ends.join('>'), label: ends.map((code) => this.#nameOf(code)).join(' → ') };
  }

  #nameOf(code: string): string {
    const { own, known } = this.#parts;
    if (code === own.code) return own.name;
    return known().find((each) => each.code === code)?.name ?? code;
  }

  async #county(span: { from: number; until: number; now: number }): Promise<ReferralMeasures['county']> {
    const { store, visits, own, known, measures = {} } = this.#parts;
    const { outpatient, stays } = await visits.countVisits(span.from, span.until);
    const places = new Map(known().map((each) => [each.code, each]));
    const outward = (await countTakenUp(store, span))
      .filter(({ peer }) => isOutside(places.get(peer), own, measures))
      .reduce((sum, { count }) => sum + count, 0);
    const seen = outpatient + stays;
    const [share, rate] = [rateOf(seen, seen + outward), rateOf(outward, seen)];
    return {
      definition: { ...COUNTY.definition },
      unseen: { ...COUNTY.unseen },
      ...{ outpatientVisits: outpatient, stays, outwardReferrals: outward },
      ...(share === undefined ? {} : { inCountyShare: share }),
      ...(rate === undefined ? {} : { outwardRate: rate }),
    };
  }
}

function countsOf(row: CountRow) {
  return {
    referrals: row.referrals,
    delivered: ratioOf(row.delivered, row.delivered_of),
    answered: ratioOf(row.answered, row.answered_of),
    returned: ratioOf(row.returned, row.returned_of),
    closed: ratioOf(row.closed, row.closed_of),
    answerTimes: answerTimesOf(row),
  };
}

/** How many answers came within each time and not within the one before; and how many later. */
function answerTimesOf(row: CountRow) {
  const { answers, answers_ms } = row;
  const within = ANSWER_MINUTES.map((minutes, index) => {
    const upTo = (each: number | undefined) => (each === undefined ? 0 : (row[answersWithin(each)] ?? 0));
    return { minutes, referrals: upTo(minutes) - upTo(ANSWER_MINUTES[index - 1]) };
  });
  const inTime = within.reduce((sum, { referrals }) => sum + referrals, 0);
  return {
    ...(answers === 0 ? {} : { averageMinutes: Math.round(answers_ms / answers / MINUTE_MS) }),
    within,
    later: answers - inTime,
  };
}

function ratioOf(numerator: number, denominator: number) {
  const rate = rateOf(numerator, denominator);
  return { numerator, denominator, ...(rate === undefined ? {} : { rate }) };
}
