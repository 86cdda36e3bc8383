import { Alert, Button, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import type { Finding } from '../../../../schemas/finding.ts';
import { useWords } from '../words/words.tsx';
import { type Word, words } from './words.ts';

/** What a person says they found. */
export interface Decision {
  readonly found: string;
  readonly note: string;
  readonly number?: string;
}

const NUMBER = /^[0-9A-Za-z]{1,40}$/;

/** The findings that are possible, each with what follows, and how it was found. What was typed stays until it is done. */
export function Decide({
  findings,
  busy,
  mayDecide,
  onDecide,
}: {
  findings: readonly Finding<string, string>[];
  busy: boolean;
  mayDecide: boolean;
  onDecide: (decision: Decision) => void;
}) {
  const { say, language } = useWords(words);
  const [found, setFound] = useState<string>();
  const [note, setNote] = useState('');
  const [number, setNumber] = useState('');
  const [flaw, setFlaw] = useState<Word>();
  const chosen = findings.find((finding) => finding.found === found);
  const record = () => {
    const missing = flawOf(chosen, note.trim(), number.trim());
    setFlaw(missing);
    if (missing !== undefined || !chosen) return;
    const given = chosen.number === undefined || number.trim() === '' ? {} : { number: number.trim() };
    onDecide({ found: chosen.found, note: note.trim(), ...given });
  };
  if (!mayDecide) return <Alert type="info" title={say('readOnly')} />;
  return (
    <section aria-label={say('decide')}>
      <h3>{say('decide')}</h3>
      <p>{say('decideHint')}</p>
      <Form
        layout="vertical"
        disabled={busy}
        onSubmitCapture={(event) => {
          event.preventDefault();
          record();
        }}
      >
        <Radio.Group
          aria-label={say('found')}
          className="findings"
          value={found}
          onChange={({ target }) => setFound(target.value as string)}
        >
          {findings.map((finding) => (
            <Radio key={finding.found} value={finding.found}>
              <strong>{say(`found.${finding.found}` as Word)}</strong>{' '}
              <span>{say('leadsTo', { state: say(`state.${finding.to}` as Word) })}</span>
              <div>{finding.means[language === 'en' ? 'en' : 'zh']}</div>
            </Radio>
          ))}
        </Radio.Group>
        {chosen?.number === undefined ? null : (
          <Form.Item
            label={say('number')}
            htmlFor="number"
            {...(chosen.number === 'may' ? { extra: say('optional') } : {})}
          >
            <Input
              id="number"
              value={number}
              maxLength={40}
              autoComplete="off"
              onChange={(event) => setNumber(event.target.value)}
            />
          </Form.Item>
        )}
        <Form.Item label={say('basis')} htmlFor="basis">
          <Input.TextArea
            id="basis"
            rows={2}
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.target.value)}
          />
        </Form.Item>
        {flaw === undefined ? null : <Alert role="alert" type="error" showIcon title={say(flaw)} />}
        <Button type="primary" htmlType="submit" loading={busy}>
          {chosen === undefined ? say('record') : `${say('record')}: ${say(`found.${chosen.found}` as Word)}`}
        </Button>
      </Form>
    </section>
  );
}

/** What is still missing, as the word that asks for it. */
function flawOf(chosen: Finding<string, string> | undefined, note: string, number: string): Word | undefined {
  if (!chosen) return 'chooseFirst';
  const needsNumber = chosen.number === 'must' || (chosen.number === 'may' && number !== '');
  if (needsNumber && !NUMBER.test(number)) return 'numberFirst';
  return note === '' ? 'basisFirst' : undefined;
}
