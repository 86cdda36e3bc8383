import '../shell/table.css';
import './review.css';
import { useCallback, useState } from 'react';
import type { PageProps } from '../shell/pages.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useEvents } from '../shell/use-events.ts';
import { useParam } from '../shell/use-param.ts';
import { CaseView } from './case-view.tsx';
import { MatterList } from './matter-list.tsx';
import { nameOf } from './matters.ts';
import { useMatters } from './use-matters.ts';

const TYPES = ['settlement.state', 'stay.state', 'filing.state'] as const;

/** What is in doubt: the list, or one matter with its evidence and what a person may decide. */
export default function Review({ session }: PageProps) {
  const [named, setNamed] = useParam('matter');
  const [told, setTold] = useState(0);
  const matters = useMatters();
  const { reload } = matters;
  const hear = useCallback(() => {
    reload();
    setTold((count) => count + 1);
  }, [reload]);
  useEvents(session.scopes.includes('event:read') ? TYPES : [], hear);
  const open = nameOf(named);
  if (open) {
    const back = () => {
      reload();
      setNamed(undefined);
    };
    return (
      <CaseView
        key={`${open.kind}/${open.id}`}
        kind={open.kind}
        id={open.id}
        told={told}
        mayDecide={session.scopes.includes('settlement:write')}
        onBack={back}
      />
    );
  }
  return (
    <>
      <Trouble error={matters.error} />
      <MatterList matters={matters.data} onOpen={({ kind, id }) => setNamed(`${kind}/${id}`)} />
    </>
  );
}
