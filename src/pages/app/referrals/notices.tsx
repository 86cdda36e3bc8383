import { Alert, Button } from 'antd';
import type { Referral } from '../../../../schemas/referral.ts';
import type { Session } from '../../../../schemas/user.ts';
import { useWords } from '../words/words.tsx';
import { claimantOf } from './me.ts';
import { timeText } from './times.ts';
import type { Acting } from './use-acting.ts';
import { words } from './words.ts';

/** What has to be looked at first: an emergency and who knows of it, a message that did not arrive, a name that differs. */
export function Notices({
  referral,
  session,
  acting,
}: {
  referral: Referral;
  session: Session;
  acting: Acting;
}) {
  const { say } = useWords(words);
  const {
    channel,
    contacts = [],
    nonDelivery = [],
    nameDiffers,
    consentDue,
    reports = [],
    reason,
  } = referral;
  const may = referral.role === 'recipient' && session.scopes.includes('referral:write');
  return (
    <>
      {channel === 'green' ? (
        <Alert
          type="error"
          showIcon
          title={say(referral.retro ? 'greenRetro' : 'greenChannel')}
          description={contacts.map(({ role, name, told, telephone, seenAt, seenBy }) => (
            <div key={role}>
              {name} · {say(`told.${told}`)} {telephone}{' '}
              {seenAt === undefined
                ? say('notSeen')
                : say('seen', { who: seenBy?.name ?? '', at: timeText(seenAt) })}{' '}
              {may && seenAt === undefined ? (
                <Button
                  size="small"
                  disabled={acting.busy}
                  onClick={() => acting.act(`contacts/${role}/seen`, { by: claimantOf(session) })}
                >
                  {say('iHaveSeen')}
                </Button>
              ) : null}
            </div>
          ))}
        />
      ) : null}
      {nonDelivery.map(({ event, type, hop, code, at }) => (
        <Alert
          key={event}
          type="error"
          showIcon
          title={say('nonDelivery', { what: say(`type.${type}` as 'type.send'), at: timeText(at) })}
          description={`${say(`hop.${hop}`)} (${code})`}
        />
      ))}
      {nameDiffers ? <Alert type="warning" showIcon title={say('nameDiffers')} /> : null}
      {consentDue ? (
        <Alert
          type={consentDue.overdue ? 'error' : 'warning'}
          showIcon
          title={say('consentDue', { at: timeText(consentDue.at) })}
        />
      ) : null}
      {reason ? <Alert type="info" showIcon title={say('declinedFor', { reason: reason.text })} /> : null}
      {reports.map(({ insurer, state, number, problem }) => (
        <Alert
          key={insurer}
          type={problem === undefined ? 'info' : 'warning'}
          title={say('report', { insurer, state: state ?? '', number: number ?? problem ?? '' })}
        />
      ))}
    </>
  );
}
