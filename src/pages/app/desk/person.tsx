import { Alert, Button, Card, Spin } from 'antd';
import { useState } from 'react';
import type { Reading } from '../../../../schemas/reading.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import type { KnownPerson } from './use-person.ts';
import { type Word, words } from './words.ts';

/** Who it is, insured where, what is left on the account, and what to look at first. */
export function Person({ reading, known }: { reading: Reading; known: KnownPerson }) {
  const { say } = useWords(words);
  const { name = '' } = reading.identity ?? {};
  const { eligibility, error, chronic, chronicUnknown } = known;
  const { referral, insurances } = eligibility ?? {};
  // One that a province has of its own is shown by its code.
  const insutypeOf = (code: string) => {
    const word = `insutype.${code}`;
    return word in words ? say(word as Word) : code;
  };
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
          <DocumentNumber key={reading.id} reading={reading} />
        </dd>
        <dt>{say('assurance')}</dt>
        <dd>{say(`assurance.${reading.assurance}` as Word)}</dd>
      </dl>
      <Trouble error={error} />
      {eligibility || error ? null : <Spin />}
      {insurances?.length === 0 ? <Alert type="warning" title={say('notInsured')} /> : null}
      {insurances?.map(({ insutype, insuredPlace, active, balance }) => (
        <dl key={`${insutype} ${insuredPlace}`}>
          <dt>{say('insured')}</dt>
          <dd>
            {insutypeOf(insutype)} · {insuredPlace} · {say(active ? 'active' : 'inactive')}
          </dd>
          <dt>{say('balance')}</dt>
          <dd>
            {balance} {say('yuan')}
          </dd>
        </dl>
      ))}
      {referral ? (
        <Alert type="info" title={say('referral', { from: referral.fromName, date: referral.date })} />
      ) : null}
      {chronic.length > 0 ? (
        <Alert type="info" title={say('chronic', { codes: chronic.join('、') })} />
      ) : null}
      {chronicUnknown ? <Alert type="warning" title={say('chronicUnknown')} /> : null}
    </Card>
  );
}

/** Masked until asked for; the look is on the audit trail. */
function DocumentNumber({ reading }: { reading: Reading }) {
  const { say } = useWords(words);
  const [whole, setWhole] = useState<string>();
  const { busy, error, run } = useWork();
  const show = () =>
    run(async () => {
      const { identity } = await call<Reading>('GET', `/v1/readings/${reading.id}`);
      setWhole(identity?.documentNumber);
    });
  if (whole !== undefined) return whole;
  return (
    <>
      {masked(reading.identity?.documentNumber ?? '')}
      <Button type="link" size="small" disabled={busy} onClick={() => void show()}>
        {say('show')}
      </Button>
      <Trouble error={error} />
    </>
  );
}

function masked(number: string): string {
  return number.length < 8
    ? number
    : `${number.slice(0, 3)}${'*'.repeat(number.length - 6)}${number.slice(-3)}`;
}
