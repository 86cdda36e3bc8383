import { Tag } from 'antd';
import type { ReferralSummary } from '../../../../schemas/referral.ts';
import { useWords } from '../words/words.tsx';
import { StateTag } from './state.tsx';
import { timeText } from './times.ts';
import { words } from './words.ts';

/** One referral of a list, the person masked. */
export function Item({
  item,
  open,
  onOpen,
}: {
  item: ReferralSummary;
  open: boolean;
  onOpen: (id: string) => void;
}) {
  const { say } = useWords(words);
  const { id, patient, peer, department, due, channel, priority, role } = item;
  return (
    <a
      className="referral-item"
      href={`?referral=${id}`}
      aria-current={open ? 'true' : undefined}
      onClick={(event) => {
        event.preventDefault();
        onOpen(id);
      }}
    >
      <span className="line">
        <strong>{patient.name}</strong>
        {channel === 'green' ? <Tag color="#a8071a">{say('green')}</Tag> : null}
        {channel !== 'green' && priority !== 'routine' ? (
          <Tag color="#ad4e00">{say(`priority.${priority}`)}</Tag>
        ) : null}
        <StateTag of={item} />
      </span>
      <span>
        {say(role === 'recipient' ? 'from' : 'to')} {peer.name} · {department.name}
      </span>
      <span className={due?.overdue ? 'late' : ''}>
        {due
          ? say(due.overdue ? 'late' : 'due', { what: say(`due.${due.for}`), at: timeText(due.at) })
          : timeText(item.updatedAt)}
      </span>
      {item.consentDue ? (
        <span className={item.consentDue.overdue ? 'late' : ''}>
          {say('consentDue', { at: timeText(item.consentDue.at) })}
        </span>
      ) : null}
    </a>
  );
}
