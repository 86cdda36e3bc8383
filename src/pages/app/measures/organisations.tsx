import { useCallback } from 'react';
import type { ReferralMeasures } from '../../../../schemas/measure.ts';
import { call } from '../api.ts';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { queryOf } from './query.ts';
import type { Asked } from './referral-views.tsx';
import { words } from './words.ts';

/** The institutions that there were referrals with in this time: one of them, or all. */
export function Organisations({
  asked: { from, to, organisation },
  onChoose,
}: {
  asked: Asked;
  onChoose: (organisation: string | undefined) => void;
}) {
  const { say } = useWords(words);
  const query = queryOf({ from, to, groupBy: 'organisation' });
  const load = useCallback(
    (signal: AbortSignal) => call<ReferralMeasures>('GET', `/v1/measures/referrals?${query}`, { signal }),
    [query],
  );
  const { data } = useLoaded(load);
  return (
    <label>
      {say('organisation')}{' '}
      <select value={organisation ?? ''} onChange={({ target }) => onChoose(target.value || undefined)}>
        <option value="">{say('everybody')}</option>
        {data?.groups.map(({ key, label }) => (
          <option key={key} value={key}>
            {label ?? key}
          </option>
        ))}
      </select>
    </label>
  );
}
