import { Alert, Button, Space } from 'antd';
import { useState } from 'react';
import type { Referral } from '../../../../schemas/referral.ts';
import type { Session } from '../../../../schemas/user.ts';
import { useWords } from '../words/words.tsx';
import { OutcomeFacts } from './form-facts.tsx';
import { claimantOf } from './me.ts';
import { type ReviewAct, ReviewForm } from './review-form.tsx';
import { appointmentText, timeText } from './times.ts';
import type { Acting } from './use-acting.ts';
import { words } from './words.ts';

const DOCTORS: ReadonlySet<ReviewAct> = new Set(['submit', 'withdraw']);

/** What waits for its internal review: what is to be said, by whom, and what may be decided now. */
export function Review({
  referral,
  session,
  acting,
}: {
  referral: Referral;
  session: Session;
  acting: Acting;
}) {
  const { say } = useWords(words);
  const [open, setOpen] = useState<ReviewAct>();
  const { review } = referral;
  if (!review) return null;
  const own = review.doctor === session.name;
  const may = review.actions.filter((act) =>
    DOCTORS.has(act)
      ? session.scopes.includes('referral:write')
      : session.scopes.includes('referral:review') && !own,
  );
  const send = (act: ReviewAct, content: object = {}) => {
    const me = claimantOf(session);
    const [path, body] = DOCTORS.has(act)
      ? (['submission', { type: act, doctor: me, ...content }] as const)
      : (['review', { decision: act, reviewer: me, ...content }] as const);
    return acting.act(path, body, () => setOpen(undefined));
  };
  return (
    <section aria-label={say('review')}>
      <Alert
        type="warning"
        showIcon
        title={say(`review.${review.state}`)}
        description={
          <>
            <div>
              {say(review.of === 'send' ? 'type.send' : `act.${review.of}`)} · {timeText(review.since)} ·{' '}
              {review.doctor ?? ''}
            </div>
            <div className="referral-text">{saidIn(review)}</div>
            <OutcomeFacts outcome={review.outcome ?? review.act?.outcome} />
            {review.reviewer ? (
              <div>
                {say('returnedBy', {
                  who: review.reviewer.name,
                  why: review.reason?.text ?? review.text ?? '',
                })}
              </div>
            ) : null}
            {own && review.state === 'waiting' ? <div>{say('anotherReviews')}</div> : null}
            <Space wrap>
              {may.map((act) => (
                <Button
                  key={act}
                  type={act === 'approve' || act === 'submit' ? 'primary' : 'default'}
                  disabled={acting.busy}
                  onClick={() => (act === 'approve' ? send(act) : setOpen(act))}
                >
                  {say(`review.${act}`)}
                </Button>
              ))}
            </Space>
          </>
        }
      />
      {open && may.includes(open) ? (
        <ReviewForm
          key={open}
          act={open}
          referral={referral}
          busy={acting.busy}
          onSend={(content) => send(open, content)}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </section>
  );
}

/** What the answer under review would say. */
function saidIn({ act }: NonNullable<Referral['review']>): string {
  if (!act) return '';
  return [act.reason?.text, act.text, act.appointment && appointmentText(act.appointment)]
    .filter(Boolean)
    .join('\n');
}
