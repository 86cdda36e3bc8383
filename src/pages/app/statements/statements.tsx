import '../shell/table.css';
import './statements.css';
import { Alert, Card, Radio, Spin } from 'antd';
import { useCallback } from 'react';
import type { Insurer } from '../../../../schemas/transaction.ts';
import { call } from '../api.ts';
import type { PageProps } from '../shell/pages.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useParam } from '../shell/use-param.ts';
import { useWords } from '../words/words.tsx';
import { isDay, isMonth, monthOf, todayIn } from './calendar.ts';
import { MonthView } from './month-view.tsx';
import { PeriodView } from './period-view.tsx';
import { useMonth } from './use-month.ts';
import { words } from './words.ts';

/** Our ledger and an insurer's, day by day: a month as a calendar, one day or the whole month in full. */
export default function Statements({ session }: PageProps) {
  const { say } = useWords(words);
  const { data: insurers, error } = useLoaded(useCallback(readInsurers, []));
  if (!insurers) return error === undefined ? <Spin /> : <Trouble error={error} />;
  if (insurers.length === 0) return <Alert type="info" title={say('noInsurer')} />;
  return <Compared insurers={insurers} mayAct={session.scopes.includes('settlement:write')} />;
}

function Compared({ insurers, mayAct }: { insurers: readonly Insurer[]; mayAct: boolean }) {
  const { say } = useWords(words);
  const [named, setInsurer] = useParam('insurer');
  const [asked, setPeriod] = useParam('period');
  const insurer = insurers.find(({ id }) => id === named)?.id ?? insurers[0]!.id;
  const today = todayIn(Date.now());
  const period = asked !== undefined && (isDay(asked) || isMonth(asked)) ? asked : today;
  const month = monthOf(period);
  const known = useMonth(insurer, month);
  return (
    <>
      <Trouble error={known.error} />
      <div className="columns">
        <Card size="small" title={say('title')}>
          {insurers.length > 1 ? (
            <Radio.Group
              aria-label={say('insurer')}
              value={insurer}
              options={insurers.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={({ target }) => setInsurer(target.value as string)}
            />
          ) : null}
          <MonthView month={month} known={known.data} today={today} chosen={period} onChoose={setPeriod} />
        </Card>
        <PeriodView
          key={`${insurer} ${period}`}
          insurer={insurer}
          period={period}
          summary={known.data?.get(period)}
          isKnown={known.data !== undefined}
          isClosed={known.data?.get(month)?.closedAt !== undefined}
          mayAct={mayAct}
          onChange={known.reload}
          onChoose={setPeriod}
        />
      </div>
    </>
  );
}

async function readInsurers(signal: AbortSignal): Promise<Insurer[]> {
  const { items } = await call<{ items: Insurer[] }>('GET', '/v1/insurers', { signal });
  return items.filter(({ capabilities }) => capabilities.statements);
}
