import { Alert, Button, Card, Spin } from 'antd';
import { useState } from 'react';
import type { Eligibility } from '../../../../schemas/eligibility.ts';
import type { Reading } from '../../../../schemas/reading.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useWords } from '../words/words.tsx';
import { type Word, words } from './words.ts';

/** Who it is, insured where, what is left on the account, and what to look at first. */
export function Person({
  reading,
  eligibility,
  error,
}: {
  reading: Reading;
  eligibility: Eligibility | undefined;
  error: unknown;
}) {
  const { say } = useWords(words);
  const [whole, setWhole] = useState(false);
  const { name = '', documentNumber = '' } = reading.identity ?? {};
  return (
    <Card title={say('person')} size="small">
      {reading.notes.map((note) => (
        <Alert key={note} type="warning" showIcon title={say(`note.${note}` as Word)} />
      ))}
      <dl>
        <dt>{say('name')}</dt>
        <dd>
          <strong>{name}</strong>
        </dd>
        <dt>{say('number')}</dt>
        <dd>
          {whole ? documentNumber : masked(documentNumber)}
          {whole ? null : (
            <Button type="link" size="small" onClick={() => setWhole(true)}>
              {say('show')}
            </Button>
          )}
        </dd>
        <dt>{say('assurance')}</dt>
        <dd>{say(`assurance.${reading.assurance}` as Word)}</dd>
      </dl>
      <Trouble error={error} />
      {eligibility || error ? null : <Spin />}
      {eligibility?.insurances.length === 0 ? <Alert type="warning" title={say('notInsured')} /> : null}
      {eligibility?.insurances.map(({ insutype, insuredPlace, active, balance }) => (
        <dl key={`${insutype} ${insuredPlace}`}>
          <dt>{say('insured')}</dt>
          <dd>
            {insutype} · {insuredPlace} · {say(active ? 'active' : 'inactive')}
          </dd>
          <dt>{say('balance')}</dt>
          <dd>
            {balance} {say('yuan')}
          </dd>
        </dl>
      ))}
    </Card>
  );
}

function masked(number: string): string {
  return number.length < 8
    ? number
    : `${number.slice(0, 3)}${'*'.repeat(number.length - 6)}${number.slice(-3)}`;
}
