import './referrals.css';
import { Spin } from 'antd';
import { useCallback, useState } from 'react';
import type { PageProps } from '../shell/pages.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useParam } from '../shell/use-param.ts';
import { useWords } from '../words/words.tsx';
import { Begin } from './begin.tsx';
import { CaseView } from './case.tsx';
import { Creation } from './creation.tsx';
import { List } from './list.tsx';
import { useArrivals } from './use-arrivals.ts';
import { useCase } from './use-case.ts';
import { keyOf, useDrafts } from './use-drafts.ts';
import { type Box, type Filter, useList } from './use-list.ts';
import { useLive } from './use-live.ts';
import { words } from './words.ts';

/** Inbox and outbox on the left; on the right the referral that is open, or one that is being made. */
export default function Referrals({ session }: PageProps) {
  const { say } = useWords(words);
  const [id, open] = useParam('referral');
  const [box, setBox] = useState<Box>('recipient');
  const [filter, setFilter] = useState<Filter>('open');
  const [pages, setPages] = useState(1);
  const drafts = useDrafts();
  const list = useList(box, filter, pages);
  const shown = useCase(id);
  const reload = useCallback(() => {
    list.reload();
    shown.reload();
  }, [list.reload, shown.reload]);
  const arrivals = useArrivals();
  useLive(session.scopes.includes('event:read'), shown.data?.referral, {
    list: list.reload,
    case: shown.reload,
    each: arrivals.hear,
  });
  const show = (id: string) => {
    arrivals.clear();
    drafts.aside();
    open(id);
  };
  return (
    <div className="columns referrals">
      <section className="screen" aria-label={say('list')}>
        {session.scopes.includes('referral:write') ? <Begin drafts={drafts} /> : null}
        <List
          list={list}
          arrived={arrivals.arrived}
          box={box}
          filter={filter}
          open={id}
          onBox={setBox}
          onFilter={(filter) => {
            setFilter(filter);
            setPages(1);
          }}
          onMore={() => setPages((pages) => pages + 1)}
          onOpen={show}
        />
      </section>
      <section aria-label={say('case')}>
        {drafts.all.map((making) => (
          <Creation
            key={keyOf(making)}
            making={making}
            visible={keyOf(making) === drafts.front}
            session={session}
            onDone={(id) => {
              drafts.end(making);
              setBox('initiator');
              setFilter('open');
              show(id);
            }}
            onClose={() => drafts.end(making)}
          />
        ))}
        <div hidden={drafts.front !== undefined}>
          <Trouble error={shown.error} />
          {shown.data ? (
            <CaseView
              key={shown.data.referral.id}
              shown={shown.data}
              session={session}
              reload={reload}
              onOpen={show}
              onMake={drafts.begin}
            />
          ) : null}
          {shown.loading && !shown.data ? <Spin /> : null}
          {id === undefined ? <p className="screen">{say('none')}</p> : null}
        </div>
      </section>
    </div>
  );
}
