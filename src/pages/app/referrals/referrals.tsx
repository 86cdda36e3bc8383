import './referrals.css';
import { Spin } from 'antd';
import { useCallback, useState } from 'react';
import type { PageProps } from '../shell/pages.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useEvents } from '../shell/use-events.ts';
import { useParam } from '../shell/use-param.ts';
import { useWords } from '../words/words.tsx';
import { CaseView } from './case.tsx';
import { List } from './list.tsx';
import { useCase } from './use-case.ts';
import { type Box, type Filter, useList } from './use-list.ts';
import { words } from './words.ts';

const LIVE = ['referral.state', 'referral.overdue', 'referral.contact', 'attachment.state'];

/** Inbox and outbox on the left, the referral that is open on the right. */
export default function Referrals({ session }: PageProps) {
  const { say } = useWords(words);
  const [id, open] = useParam('referral');
  const [box, setBox] = useState<Box>('recipient');
  const [filter, setFilter] = useState<Filter>('open');
  const [pages, setPages] = useState(1);
  const list = useList(box, filter, pages);
  const shown = useCase(id);
  const reload = useCallback(() => {
    list.reload();
    shown.reload();
  }, [list.reload, shown.reload]);
  useEvents(session.scopes.includes('event:read') ? LIVE : [], reload);
  return (
    <div className="columns referrals">
      <section className="screen" aria-label={say('list')}>
        <List
          list={list}
          box={box}
          filter={filter}
          open={id}
          onBox={setBox}
          onFilter={(filter) => {
            setFilter(filter);
            setPages(1);
          }}
          onMore={() => setPages((pages) => pages + 1)}
          onOpen={open}
        />
      </section>
      <section aria-label={say('case')}>
        <Trouble error={shown.error} />
        {shown.data ? (
          <CaseView
            key={shown.data.referral.id}
            shown={shown.data}
            session={session}
            reload={reload}
            onOpen={open}
          />
        ) : null}
        {shown.loading && !shown.data ? <Spin /> : null}
        {id === undefined ? <p className="screen">{say('none')}</p> : null}
      </section>
    </div>
  );
}
