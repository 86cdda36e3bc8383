import { Tag, Timeline } from 'antd';
import type { Referral } from '../../../../schemas/referral.ts';
import { STATES } from '../../../referral/machine.ts';
import { useWords } from '../words/words.tsx';
import type { Moment } from './timeline.ts';
import { appointmentText, timeText } from './times.ts';
import { words } from './words.ts';

/** The case from the first referral to the last, over all levels that this gateway knows of. */
export function TimelineView({
  moments,
  referral,
  onOpen,
}: {
  moments: readonly Moment[];
  referral: Pick<Referral, 'id' | 'links'>;
  onOpen: (id: string) => void;
}) {
  const { say, language } = useWords(words);
  const inWords = language === 'en' ? 'en' : 'zh';
  const several = referral.links.length > 0;
  return (
    <Timeline
      items={moments.map(({ leg, entry, own }) => ({
        key: entry.id,
        color: entry.outcome === 'ignored' || entry.delivery === 'dead' ? 'red' : 'blue',
        content: (
          <>
            <div>
              <strong>{say(`type.${entry.type}` as 'type.send')}</strong>{' '}
              {entry.from === entry.to ? null : STATES[entry.to][inWords]} · {timeText(entry.at)} ·{' '}
              {own ? say('us') : leg.peer.name}
              {entry.by ? ` · ${entry.by.name}` : ''}{' '}
              {several ? (
                <a
                  href={`?referral=${leg.id}`}
                  aria-current={leg.id === referral.id ? 'true' : undefined}
                  onClick={(event) => {
                    event.preventDefault();
                    onOpen(leg.id);
                  }}
                >
                  {say(leg.role === 'recipient' ? 'legIn' : 'legOut', { peer: leg.peer.name })}
                </a>
              ) : null}{' '}
              {entry.outcome === 'applied' ? null : <Tag>{say(`outcome.${entry.outcome}`)}</Tag>}
              {entry.delivery === 'queued' || entry.delivery === 'dead' ? (
                <Tag>{say(`delivery.${entry.delivery}`)}</Tag>
              ) : null}
            </div>
            <div className="referral-text">{saidIn(entry)}</div>
          </>
        ),
      }))}
    />
  );
}

/** What an entry says, in the words of whoever wrote it. */
function saidIn({ reason, text, appointment, result }: Moment['entry']): string {
  const visit = appointment && appointmentText(appointment);
  return [reason?.text, text, visit, result?.diagnosis].filter(Boolean).join('\n');
}
