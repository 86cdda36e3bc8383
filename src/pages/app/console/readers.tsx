import { Button, Table } from 'antd';
import type { Desk } from '../../../../schemas/desk.ts';
import type { Reader } from '../../../../schemas/reader.ts';
import { call } from '../api.ts';
import { Mark } from '../shell/mark.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useParam } from '../shell/use-param.ts';
import { useWords } from '../words/words.tsx';
import type { SectionProps } from './sections.ts';
import { timeOf } from './times.ts';
import { TraceView } from './trace-view.tsx';
import { useLive } from './use-live.ts';
import { words } from './words.ts';

const TONE = { ready: 'good', busy: 'busy', opening: 'wait', absent: 'bad', lost: 'bad' } as const;
const DESK_TONE = { joined: 'good', connecting: 'wait', suspended: 'wait', gone: 'bad' } as const;
const EVENTS = ['reader.state', 'reading.made', 'card.present', 'card.removed'];

async function load(signal: AbortSignal) {
  const [readers, desks] = await Promise.all([
    call<{ items: Reader[] }>('GET', '/v1/readers', { signal }),
    call<{ items: Desk[] }>('GET', '/v1/desks', { signal }),
  ]);
  return { readers: readers.items, desks: desks.items };
}

/** The readers of all desks as they are now, and the desks they are plugged into. */
export function Readers({ may }: SectionProps) {
  const { say } = useWords(words);
  const { data, error } = useLive(load, may('event:read') ? EVENTS : []);
  const [traced, trace] = useParam('reader');
  const mayTrace = may('operation:read');
  return (
    <>
      <Trouble error={error} />
      <Table<Reader>
        rowKey="id"
        size="small"
        pagination={false}
        loading={!data && !error}
        dataSource={data?.readers ?? []}
        columns={[
          {
            title: say('reader'),
            render: (_, { id, name }) => (
              <>
                <strong>{id}</strong>
                {name === undefined ? null : <div>{name}</div>}
              </>
            ),
          },
          {
            title: say('state'),
            render: (_, { state }) => <Mark tone={TONE[state]}>{say(`reader.${state}`)}</Mark>,
          },
          { title: say('since'), render: (_, { since }) => timeOf(since) },
          {
            title: say('reads'),
            render: (_, { reads }) => reads.map((kind) => say(`kind.${kind}`)).join('、'),
          },
          { title: say('lastReading'), render: (_, { lastReadingAt }) => timeOf(lastReadingAt) },
          { title: say('readings'), align: 'right', render: (_, { counters }) => counters.readings },
          { title: say('failures'), align: 'right', render: (_, { counters }) => counters.failures },
          { title: say('reopenings'), align: 'right', render: (_, { counters }) => counters.reopenings },
          {
            title: say('lastError'),
            render: (_, { lastError }) => (lastError === undefined ? '—' : <code>{lastError}</code>),
          },
          ...(mayTrace
            ? [
                {
                  title: say('acts'),
                  render: (_: unknown, { id }: Reader) => (
                    <Button
                      size="small"
                      aria-label={say('trace.openOf', { reader: id })}
                      onClick={() => trace(id)}
                    >
                      {say('trace.open')}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      {mayTrace && traced !== undefined ? (
        <TraceView key={traced} reader={traced} onClose={() => trace(undefined)} />
      ) : null}
      <h3>{say('desks')}</h3>
      {data?.desks.length === 0 ? <p>{say('noDesks')}</p> : null}
      {data?.desks.map(({ id, state, since, readers, lastEnd, rivalSeenAt }) => (
        <p key={id}>
          <strong>{id}</strong> <Mark tone={DESK_TONE[state]}>{say(`desk.${state}`)}</Mark> {timeOf(since)} ·{' '}
          {readers.join('、')}
          {lastEnd === undefined ? null : ` · ${say('lastEnd')} ${lastEnd}`}
          {rivalSeenAt === undefined ? null : ` · ${say('rival', { at: timeOf(rivalSeenAt) })}`}
        </p>
      ))}
    </>
  );
}
