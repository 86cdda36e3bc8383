import { Button, Card, Select, Space, Table } from 'antd';
import { useCallback, useState } from 'react';
import type { ReaderTrace } from '../../../../schemas/trace.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { type Exploded, explode, type Part } from './exploded.ts';
import { timeOf } from './times.ts';
import { statusText } from './trace-words.ts';
import { words } from './words.ts';

/** What passed between a reader and its cards in the last uses, taken apart byte by byte; personal values are masked. */
export function TraceView({ reader, onClose }: { reader: string; onClose: () => void }) {
  const { say } = useWords(words);
  const path = `/v1/readers/${encodeURIComponent(reader)}/traces`;
  const { data, error, reload } = useLoaded(
    useCallback((signal: AbortSignal) => call<{ items: ReaderTrace[] }>('GET', path, { signal }), [path]),
  );
  const [which, choose] = useState(0);
  const trace = data?.items[which] ?? data?.items[0];
  return (
    <Card
      size="small"
      title={`${say('trace')} · ${reader}`}
      extra={
        <Space>
          <Button size="small" onClick={reload}>
            {say('refresh')}
          </Button>
          <Button size="small" onClick={onClose}>
            {say('close')}
          </Button>
        </Space>
      }
    >
      <p>{say('trace.hint')}</p>
      <Trouble error={error} />
      {data?.items.length === 0 ? <p>{say('trace.none')}</p> : null}
      {trace ? (
        <>
          <Select
            aria-label={say('trace.which')}
            style={{ minWidth: 360 }}
            value={Math.min(which, (data?.items.length ?? 1) - 1)}
            onChange={choose}
            options={data?.items.map(({ recordedAt, fault }, index) => ({
              value: index,
              label: `${timeOf(recordedAt)} · ${fault ?? say('trace.fine')}`,
            }))}
          />
          <Exchanges trace={trace} />
        </>
      ) : null}
    </Card>
  );
}

function Exchanges({ trace }: { trace: ReaderTrace }) {
  const { say, language } = useWords(words);
  const bytes = (parts: readonly Part[]) =>
    parts.map(({ part, hex }) => (
      <div key={part} className="bytes">
        <small>{say(`trace.${part}`)}</small> <code>{hex.replace(/(..)(?=.)/g, '$1 ')}</code>
        {part === 'status' ? ` ${statusText(hex, language)}` : ''}
      </div>
    ));
  return (
    <Table<Exploded & { readonly row: number }>
      rowKey="row"
      size="small"
      pagination={false}
      dataSource={explode(trace.exchanges).map((each, row) => ({ ...each, row }))}
      columns={[
        { title: say('trace.number'), width: 56, render: (_, { row }) => row + 1 },
        {
          title: say('act'),
          width: 190,
          render: (_, { exchange, instruction, times }) => (
            <>
              <strong>{instruction ?? say(`trace.${exchange.act}`)}</strong>
              {times > 1 ? ` × ${times}` : ''}
              <div>{exchange.place}</div>
            </>
          ),
        },
        { title: say('trace.command'), render: (_, { command }) => bytes(command) },
        {
          title: say('trace.answer'),
          render: (_, { exchange: { found, fault, photo, act, answer: whole }, answer }) => (
            <>
              {bytes(answer)}
              {photo === undefined ? null : <div>{say('trace.photo', { bytes: photo.length / 2 })}</div>}
              {found === undefined ? null : say(found ? 'trace.found' : 'trace.notFound')}
              {act === 'power-on' && whole === undefined && fault === undefined
                ? say('trace.notFound')
                : null}
              {fault === undefined ? null : <code>{fault}</code>}
            </>
          ),
        },
        {
          title: say('trace.took'),
          align: 'right',
          width: 90,
          render: (_, { exchange }) => `${exchange.tookMs} ms`,
        },
      ]}
    />
  );
}
