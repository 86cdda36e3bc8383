import type { ReaderMeasureQuery, ReaderMeasures } from '../../../schemas/measure.ts';
import { type Clock, timestampOf } from '../../clock.ts';
import { spanOf } from '../../store/china-days.ts';
import type { Store } from '../../store/port.ts';
import { type CountRow, countUses } from './queries.ts';
import { OUTAGE, READING } from './rules.ts';
import type { ReaderTally } from './tally.ts';

const DEFINITION = {
  zh: '失败率 = 失败 ÷(成功 + 失败)。成功:读卡、扫码和其他卡上操作;失败:读卡器或卡出错,按错误码列出;没有放卡、读卡器正被占用、读卡器不在线时的请求不计。断开:读卡器由在线变为断开的次数。按发生之日(北京时间)统计。',
  en: 'failure rate = failures ÷ (successes + failures). Successes are readings, scans and other uses of a card; failures are those of the reader or the card, listed by their code; neither counts what came while there was no card, the reader was in use, or it was away. Outages are how often a reader that was there was lost. By the day of China.',
};

/** How readers work and fail. Nothing of whose card it was is kept. */
export class ReaderMeasureService {
  readonly #parts: { readonly store: Store; readonly clock: Clock; readonly tally: ReaderTally };

  constructor(parts: { readonly store: Store; readonly clock: Clock; readonly tally: ReaderTally }) {
    this.#parts = parts;
  }

  async readers({ from, to, groupBy }: ReaderMeasureQuery): Promise<ReaderMeasures> {
    const { store, clock, tally } = this.#parts;
    const span = spanOf(from, to);
    await tally.write();
    const all = await countUses(store, span);
    const groups = groupBy ? await countUses(store, span, groupBy) : [];
    return {
      ...{ from, to, at: timestampOf(clock.now()), definition: { ...DEFINITION } },
      total: workedOf(all),
      groups: [...Map.groupBy(groups, ({ key }) => key)].map(([key, rows]) => ({ key, ...workedOf(rows) })),
      causes: all.filter(isFault).map(({ what, count }) => ({ code: what, failures: count })),
    };
  }
}

function isFault({ what }: CountRow): boolean {
  return what !== READING && what !== OUTAGE;
}

function workedOf(rows: readonly CountRow[]) {
  const sum = (counts: (row: CountRow) => boolean) =>
    rows.filter(counts).reduce((total, { count }) => total + count, 0);
  const readings = sum(({ what }) => what === READING);
  const failures = sum(isFault);
  const uses = readings + failures;
  return {
    ...{ readings, failures, outages: sum(({ what }) => what === OUTAGE) },
    ...(uses === 0 ? {} : { failureRate: Math.round((failures / uses) * 10_000) / 10_000 }),
  };
}
