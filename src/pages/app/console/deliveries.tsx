import { Button, Space } from 'antd';
import { useMemo, useState } from 'react';
import { Mark } from '../shell/mark.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useEvents } from '../shell/use-events.ts';
import { useParam } from '../shell/use-param.ts';
import { useWords } from '../words/words.tsx';
import { DeliveryDetail } from './delivery-detail.tsx';
import { DeliveryFilterForm } from './delivery-filter.tsx';
import { type DeliveryForm, type DeliveryLine, deliveriesOf, filterOf } from './delivery-search.ts';
import { ReplayMany } from './replay-many.tsx';
import type { SectionProps } from './sections.ts';
import { timeOf } from './times.ts';
import { TONES } from './tones.ts';
import { usePages } from './use-pages.ts';
import { useSeen } from './use-seen.ts';
import { type Column, VirtualList } from './virtual-list.tsx';
import { words } from './words.ts';

const EVENTS = ['delivery.state', 'delivery.undelivered'];

/** Every message to other organisations, however many: found, looked at, and sent again. */
export function Deliveries({ may }: SectionProps) {
  const { say } = useWords(words);
  const [form, setForm] = useState<DeliveryForm>({});
  const [opened, open] = useParam('delivery');
  const [replaying, setReplaying] = useState(false);
  // What moves meanwhile is said and not mixed in: somebody reads the list.
  const [moved, setMoved] = useState(false);
  useEvents(may('event:read') ? EVENTS : [], () => setMoved(true));
  const pages = usePages(useMemo(() => deliveriesOf(form), [form]));
  const { items, more, loading, next, reload } = pages;
  const seen = useSeen(items);
  const refresh = () => {
    setMoved(false);
    reload();
  };
  const columns = useMemo<Column<DeliveryLine>[]>(
    () => [
      { key: 'at', title: say('created'), width: '180px', show: ({ createdAt }) => timeOf(createdAt) },
      {
        key: 'state',
        title: say('state'),
        width: '100px',
        show: ({ state }) => <Mark tone={TONES[state]}>{say(`delivery.${state}`)}</Mark>,
      },
      { key: 'to', title: say('organisation'), width: '150px', show: ({ organisation }) => organisation },
      { key: 'type', title: say('delivery.type'), show: ({ type }) => type },
      { key: 'reason', title: say('delivery.reason'), show: ({ reason }) => reason ?? '' },
      { key: 'attempts', title: say('delivery.attempts'), width: '64px', show: ({ attempts }) => attempts },
    ],
    [say],
  );
  return (
    <>
      <DeliveryFilterForm seen={seen} mayName={may('referral:read')} onSearch={setForm} />
      <Space wrap className="line">
        <span role="status">
          {loading
            ? say('loading')
            : say(more ? 'delivery.countMore' : 'delivery.count', { n: items.length })}
          {moved ? ` · ${say('delivery.moved')}` : ''}
        </span>
        <Button size="small" onClick={refresh}>
          {say('refresh')}
        </Button>
        {may('delivery:write') ? (
          <Button size="small" disabled={!!form.person?.trim()} onClick={() => setReplaying(true)}>
            {say('replay.many')}
          </Button>
        ) : null}
      </Space>
      <Trouble error={pages.error} />
      <div className={opened ? 'beside' : undefined}>
        <VirtualList
          label={say('section.deliveries')}
          columns={columns}
          rows={items}
          opened={opened}
          onOpen={({ id }) => open(id)}
          onNearEnd={next}
        />
        {opened ? (
          <DeliveryDetail
            key={opened}
            id={opened}
            mayReplay={may('delivery:write')}
            onOpen={open}
            onClose={() => open(undefined)}
            onReplayed={refresh}
          />
        ) : null}
      </div>
      {replaying ? (
        <ReplayMany
          filter={filterOf(form)}
          onClose={() => {
            setReplaying(false);
            refresh();
          }}
        />
      ) : null}
    </>
  );
}
