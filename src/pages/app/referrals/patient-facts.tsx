import { Button } from 'antd';
import { useState } from 'react';
import type { Referral } from '../../../../schemas/referral.ts';
import { maskNumber } from '../../../access/masking.ts';
import { useWords } from '../words/words.tsx';
import { Facts } from './facts.tsx';
import { appointmentText, timeText } from './times.ts';
import { words } from './words.ts';

/** Who it is and by when something is due; numbers and address stay masked until they are asked for. */
export function PatientFacts({ referral }: { referral: Referral }) {
  const { say } = useWords(words);
  const [whole, setWhole] = useState(false);
  const { patient, due, priority, direction, createdAt, consent, appointment } = referral;
  const { name, sex, birthDate, documentNumber } = patient.identity;
  const hide = (text: string | undefined) => (text === undefined || whole ? text : maskNumber(text));
  const numberShown = (
    <>
      {hide(documentNumber)}{' '}
      {whole ? null : (
        <Button type="link" size="small" onClick={() => setWhole(true)}>
          {say('show')}
        </Button>
      )}
    </>
  );
  const dueShown = due ? (
    <span className={due.overdue ? 'late' : ''}>
      {say(due.overdue ? 'late' : 'due', { what: say(`due.${due.for}`), at: timeText(due.at) })}
    </span>
  ) : undefined;
  return (
    <div className="referral-pair">
      <Facts
        items={[
          [say('patient'), name],
          [say('sex'), sex === undefined ? undefined : say(`sex.${sex}`)],
          [say('birthDate'), birthDate],
          [say('number'), numberShown],
          [say('phone'), hide(patient.phone)],
          [say('address'), whole ? patient.address : patient.address && HIDDEN],
          [say('recordNumber'), hide(patient.recordNumber)],
        ]}
      />
      <Facts
        items={[
          [say('direction'), say(`direction.${direction}`)],
          [say('priority'), say(`priority.${priority}`)],
          [say('sentAt'), timeText(createdAt)],
          [say('dueTitle'), dueShown],
          [say('consent'), `${say(`consent.${consent.given}`)} · ${say(`by.${consent.by}`)}`],
          [say('appointment'), appointment && appointmentText(appointment)],
        ]}
      />
    </div>
  );
}

const HIDDEN = '****';
