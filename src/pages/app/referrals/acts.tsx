import { Button, Space } from 'antd';
import { useRef, useState } from 'react';
import type { Referral } from '../../../../schemas/referral.ts';
import type { Session } from '../../../../schemas/user.ts';
import type { Act } from '../../../referral/machine.ts';
import { useWords } from '../words/words.tsx';
import { ActForm } from './act-form.tsx';
import { ACTS_SHOWN, fieldsOf, offered } from './acts.ts';
import { ClaimActs } from './claim-acts.tsx';
import { FollowUps } from './follow-ups.tsx';
import type { Making } from './request.ts';
import type { Acting } from './use-acting.ts';
import { words } from './words.ts';

/** The acts that are allowed now, each by one press, or with what has to be filled in for it. */
export function Acts({
  referral,
  session,
  acting,
  onMake,
}: {
  referral: Referral;
  session: Session;
  acting: Acting;
  onMake: (making: Making) => void;
}) {
  const { say } = useWords(words);
  const [open, setOpen] = useState<Act>();
  const [done, setDone] = useState<Act>();
  const bar = useRef<HTMLDivElement>(null);
  const may = session.scopes.includes('referral:write') ? offered(referral.actions) : [];
  // What was allowed when the form was opened may not be any more; what was typed stays until it is closed.
  const closed = open !== undefined && !may.includes(open);
  const close = () => {
    setOpen(undefined);
    acting.clear();
    // To the bar and not to a button of it: pressing Enter twice does nothing twice.
    bar.current?.focus();
  };
  const send = (act: Act, content: object = {}) =>
    acting.act('events', { type: act, ...content, doctor: session.name }, () => {
      close();
      setDone(act);
    });
  const begin = (act: Act) => {
    setDone(undefined);
    if (fieldsOf(act).length === 0) void send(act);
    else setOpen(act);
  };
  return (
    <div className="referral-acts">
      <Space wrap ref={bar} tabIndex={-1}>
        {may.map((act) => {
          const { main, grave } = ACTS_SHOWN[act];
          return (
            <Button
              key={act}
              type={main ? 'primary' : 'default'}
              danger={grave === true}
              disabled={acting.busy}
              aria-expanded={fieldsOf(act).length > 0 ? open === act : undefined}
              onClick={() => begin(act)}
            >
              {say(`act.${act}`)}
            </Button>
          );
        })}
        {may.length > 0 ? <FollowUps referral={referral} onMake={onMake} /> : null}
        <ClaimActs referral={referral} session={session} acting={acting} />
      </Space>
      <div role="status">{done ? say('done', { act: say(`act.${done}`) }) : ''}</div>
      {open ? (
        <ActForm
          key={open}
          act={open}
          referral={referral}
          session={session}
          busy={acting.busy}
          closed={closed}
          onSend={(content) => send(open, content)}
          onClose={close}
        />
      ) : null}
    </div>
  );
}
