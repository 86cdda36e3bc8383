import { Card, Tabs } from 'antd';
import type { Session } from '../../../../schemas/user.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useWords } from '../words/words.tsx';
import { Acts } from './acts.tsx';
import { Files } from './files.tsx';
import { FormFacts, OutcomeFacts } from './form-facts.tsx';
import { Notices } from './notices.tsx';
import { PatientFacts } from './patient-facts.tsx';
import { Print } from './print.tsx';
import type { Making } from './request.ts';
import { Review } from './review.tsx';
import { StateTag } from './state.tsx';
import { timelineOf } from './timeline.ts';
import { TimelineView } from './timeline-view.tsx';
import { useActing } from './use-acting.ts';
import type { Case } from './use-case.ts';
import { words } from './words.ts';

/** One referral: who, what is to be done now, the forms, what happened, the files. */
export function CaseView({
  shown,
  session,
  reload,
  onOpen,
  onMake,
}: {
  shown: Case;
  session: Session;
  reload: () => void;
  onOpen: (id: string) => void;
  onMake: (making: Making) => void;
}) {
  const { say } = useWords(words);
  const { referral, legs, files } = shown;
  const acting = useActing(referral, reload);
  const moments = timelineOf(legs);
  const title = (
    <>
      {say(referral.role === 'recipient' ? 'from' : 'to')} {referral.peer.name} · {referral.department.name}{' '}
      <StateTag of={referral} />
    </>
  );
  return (
    <Card size="small" className="screen" title={title} extra={<Print referral={referral} />}>
      <Notices referral={referral} session={session} acting={acting} />
      <PatientFacts referral={referral} />
      <Trouble error={acting.error} />
      <Review referral={referral} session={session} acting={acting} />
      <Acts referral={referral} session={session} acting={acting} onMake={onMake} />
      <Tabs
        size="small"
        items={[
          {
            key: 'form',
            label: say('tab.form'),
            children: (
              <>
                <FormFacts referral={referral} />
                <OutcomeFacts outcome={referral.outcome} />
              </>
            ),
          },
          {
            key: 'timeline',
            label: say('tab.timeline', { n: moments.length }),
            children: <TimelineView moments={moments} referral={referral} onOpen={onOpen} />,
          },
          {
            key: 'files',
            label: say('tab.files', { n: files.length }),
            children: <Files referral={referral} files={files} session={session} reload={reload} />,
          },
        ]}
      />
    </Card>
  );
}
