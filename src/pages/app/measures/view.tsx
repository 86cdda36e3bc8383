import { Button, Card, Spin } from 'antd';
import { type ReactNode, useMemo } from 'react';
import { Trouble } from '../shell/trouble.tsx';
import type { Loaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { Chart } from './chart.tsx';
import type { Figure } from './figure.ts';
import { Numbers } from './numbers.tsx';
import { words } from './words.ts';

/** One measure: what it is grouped by, the chart, the numbers behind it, and what they mean. */
export function MeasureView<T>({
  title,
  loaded: { data, error, loading },
  figureOf,
  meaningOf,
  table,
  children,
}: {
  title: string;
  loaded: Loaded<T>;
  /** Kept by whoever gives it: a new one draws the chart anew. */
  figureOf: (data: T) => Figure;
  meaningOf: (data: T) => readonly string[];
  /** Where the same numbers are as CSV. */
  table: string;
  children: ReactNode;
}) {
  const { say } = useWords(words);
  const figure = useMemo(() => (data === undefined ? undefined : figureOf(data)), [data, figureOf]);
  return (
    <Card
      title={title}
      extra={
        <Button href={table} download>
          {say('table')}
        </Button>
      }
    >
      {children}
      <Trouble error={error} />
      {figure ? (
        <>
          {figure.chart.groups.length === 0 ? (
            <p>{say('nothing')}</p>
          ) : (
            <Chart data={figure.chart} label={title} />
          )}
          <Numbers caption={title} columns={figure.columns} rows={figure.rows} />
        </>
      ) : loading ? (
        <Spin />
      ) : null}
      {data === undefined ? null : (
        <details className="meaning" open>
          <summary>{say('means')}</summary>
          {meaningOf(data).map((text) => (
            <p key={text}>{text}</p>
          ))}
        </details>
      )}
    </Card>
  );
}
