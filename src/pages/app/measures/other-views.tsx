import { useCallback, useState } from 'react';
import type { ReaderMeasures, SettlementMeasures } from '../../../../schemas/measure.ts';
import { call } from '../api.ts';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { Grouping } from './grouping.tsx';
import { readerFigure, settlementFigure } from './other-figures.ts';
import { queryOf } from './query.ts';
import type { Asked } from './referral-views.tsx';
import { MeasureView } from './view.tsx';
import { words } from './words.ts';

const PAYERS = ['insurer', 'month', 'setting'] as const;

/** Who paid how much. */
export function Settlements({ asked: { from, to } }: { asked: Asked }) {
  const { say, language } = useWords(words);
  const [groupBy, choose] = useState<(typeof PAYERS)[number]>('insurer');
  const query = queryOf({ from, to, groupBy });
  const load = useCallback(
    (signal: AbortSignal) => call<SettlementMeasures>('GET', `/v1/measures/settlements?${query}`, { signal }),
    [query],
  );
  return (
    <MeasureView
      loaded={useLoaded(load)}
      table={`/v1/measures/settlements.csv?${query}`}
      title={say('tab.settlements')}
      figureOf={useCallback((data: SettlementMeasures) => settlementFigure(data, say), [say])}
      meaningOf={({ definition }) => [definition[language === 'en' ? 'en' : 'zh']]}
    >
      <Grouping choices={PAYERS} value={groupBy} onChange={choose} />
    </MeasureView>
  );
}

const READERS = ['reader', 'month'] as const;

/** How readers fail. */
export function Readers({ asked: { from, to } }: { asked: Asked }) {
  const { say, language } = useWords(words);
  const [groupBy, choose] = useState<(typeof READERS)[number]>('reader');
  const query = queryOf({ from, to, groupBy });
  const load = useCallback(
    (signal: AbortSignal) => call<ReaderMeasures>('GET', `/v1/measures/readers?${query}`, { signal }),
    [query],
  );
  return (
    <MeasureView
      loaded={useLoaded(load)}
      table={`/v1/measures/readers.csv?${query}`}
      title={say('tab.readers')}
      figureOf={useCallback((data: ReaderMeasures) => readerFigure(data, say), [say])}
      meaningOf={({ definition }) => [definition[language === 'en' ? 'en' : 'zh']]}
    >
      <Grouping choices={READERS} value={groupBy} onChange={choose} />
    </MeasureView>
  );
}
