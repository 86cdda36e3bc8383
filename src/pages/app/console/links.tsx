import { Table } from 'antd';
import type { LinkState } from '../../../../schemas/link.ts';
import { call } from '../api.ts';
import { Mark } from '../shell/mark.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useWords } from '../words/words.tsx';
import type { SectionProps } from './sections.ts';
import { ageOf, timeOf } from './times.ts';
import { useLive } from './use-live.ts';
import { words } from './words.ts';

const TONE = { up: 'good', down: 'bad', unknown: 'wait', none: 'bad' } as const;
const EVENTS = ['link.down', 'link.up', 'delivery.state', 'delivery.undelivered'];

const load = (signal: AbortSignal) => call<{ items: LinkState[] }>('GET', '/v1/links', { signal });

/** The ways to other organisations: what waits, since when, and when each was last heard of. */
export function Links({ may }: SectionProps) {
  const { say } = useWords(words);
  const { data, error } = useLive(load, may('event:read') ? EVENTS : []);
  const now = Date.now();
  return (
    <>
      <Trouble error={error} />
      <Table<LinkState>
        rowKey="organisation"
        size="small"
        pagination={false}
        loading={!data && !error}
        dataSource={data?.items ?? []}
        columns={[
          { title: say('organisation'), dataIndex: 'organisation' },
          {
            title: say('state'),
            render: (_, { state, collected }) => (
              <>
                <Mark tone={TONE[state]}>{say(`link.${state}`)}</Mark>
                {collected ? say('collected') : null}
              </>
            ),
          },
          { title: say('since'), render: (_, { since }) => timeOf(since) },
          { title: say('queued'), align: 'right', dataIndex: 'queued' },
          {
            title: say('oldest'),
            render: (_, { oldestAt }) => (oldestAt === undefined ? '—' : ageOf(oldestAt, now, say)),
          },
          { title: say('lastReceipt'), render: (_, { lastReceiptAt }) => timeOf(lastReceiptAt) },
          { title: say('lastHeard'), render: (_, { lastHeardAt }) => timeOf(lastHeardAt) },
          {
            title: say('lastError'),
            render: (_, { lastError, lastErrorAt }) =>
              lastError === undefined ? '—' : `${timeOf(lastErrorAt)} ${lastError}`,
          },
        ]}
      />
    </>
  );
}
