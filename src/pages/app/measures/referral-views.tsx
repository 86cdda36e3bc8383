import { useCallback, useState } from 'react';
import type { ReferralMeasures } from '../../../../schemas/measure.ts';
import { call } from '../api.ts';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { Grouping } from './grouping.tsx';
import type { Period } from './period.ts';
import { monthsOf } from './period.ts';
import { queryOf } from './query.ts';
import { answerFigure, type CountyMonth, countyFigure, loopFigure } from './referral-figures.ts';
import { MeasureView } from './view.tsx';
import { words } from './words.ts';

export interface Asked extends Period {
  readonly organisation: string | undefined;
}

const CHOICES = ['month', 'organisation', 'hop', 'priority', 'direction'] as const;

function useReferrals({ from, to, organisation }: Asked, groupBy: string) {
  const query = queryOf({ from, to, organisation, groupBy });
  const load = useCallback(
    (signal: AbortSignal) => call<ReferralMeasures>('GET', `/v1/measures/referrals?${query}`, { signal }),
    [query],
  );
  return { loaded: useLoaded(load), table: `/v1/measures/referrals.csv?${query}` };
}

/** Delivered, answered, returned and closed in time. */
export function Loop({ asked }: { asked: Asked }) {
  const { say, language } = useWords(words);
  const [by, choose] = useState<(typeof CHOICES)[number]>('month');
  const which = language === 'en' ? 'en' : 'zh';
  return (
    <MeasureView
      {...useReferrals(asked, by)}
      title={say('tab.loop')}
      figureOf={useCallback((data: ReferralMeasures) => loopFigure(data, say, which), [say, which])}
      meaningOf={({ definitions }) =>
        definitions.map(({ name, definition }) => `${name[which]}: ${definition[which]}`)
      }
    >
      <Grouping choices={CHOICES} value={by} onChange={choose} />
    </MeasureView>
  );
}

/** How long the other side took to answer. */
export function Answers({ asked }: { asked: Asked }) {
  const { say, language } = useWords(words);
  const [by, choose] = useState<(typeof CHOICES)[number]>('month');
  const which = language === 'en' ? 'en' : 'zh';
  return (
    <MeasureView
      {...useReferrals(asked, by)}
      title={say('tab.answers')}
      figureOf={useCallback((data: ReferralMeasures) => answerFigure(data, say, which), [say, which])}
      meaningOf={({ definitions }) =>
        definitions
          .filter(({ measure }) => measure === 'answered')
          .map(({ name, definition }) => `${name[which]}: ${definition[which]}`)
      }
    >
      <Grouping choices={CHOICES} value={by} onChange={choose} />
    </MeasureView>
  );
}

interface InCounty {
  readonly whole: ReferralMeasures['county'];
  readonly months: readonly CountyMonth[];
}

/** Who stayed in the county, month by month. */
export function County({ asked: { from, to } }: { asked: Asked }) {
  const { say, language } = useWords(words);
  const which = language === 'en' ? 'en' : 'zh';
  const load = useCallback(
    async (signal: AbortSignal): Promise<InCounty> => {
      const countyOf = async (period: Period) =>
        (await call<ReferralMeasures>('GET', `/v1/measures/referrals?${queryOf(period)}`, { signal })).county;
      const months = await Promise.all(
        monthsOf({ from, to }).map(async ({ month, ...period }) => ({
          month,
          county: await countyOf(period),
        })),
      );
      return { whole: await countyOf({ from, to }), months };
    },
    [from, to],
  );
  return (
    <MeasureView
      loaded={useLoaded(load)}
      table={`/v1/measures/referrals.csv?${queryOf({ from, to })}`}
      title={say('tab.county')}
      figureOf={useCallback(({ whole, months }: InCounty) => countyFigure(months, whole, say), [say])}
      meaningOf={({ whole: { definition, unseen } }) => [definition[which], unseen[which]]}
    >
      {null}
    </MeasureView>
  );
}
