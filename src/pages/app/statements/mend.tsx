import { Alert, Button, Checkbox, Form, Input } from 'antd';
import { useState } from 'react';
import type { Difference } from '../../../../schemas/statement.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useAct } from '../shell/use-act.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** Mends one difference, once; what only a person can tell is asked for before. */
export function Mend({
  difference,
  statement,
  onChange,
}: {
  difference: Difference;
  statement: string;
  onChange: () => void;
}) {
  const { say } = useWords(words);
  const { n, act, needsConfirmation, updatedAt } = difference;
  const { busy, error, once } = useAct();
  const [isSure, setSure] = useState(false);
  const [asked, setAsked] = useState(false);
  const [note, setNote] = useState('');
  const [settlementId, setSettlementId] = useState('');
  // Only of a reversal of theirs can a person say what it is of.
  const asksSettlement = act === 'person' && difference.class === 'reversed-at-the-insurer-only';
  const unsure = needsConfirmation && !isSure;
  const mend = () => {
    setAsked(true);
    if (unsure) return;
    const body = {
      ...(needsConfirmation ? { confirm: true } : {}),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
      ...(asksSettlement && settlementId.trim() !== '' ? { settlementId: settlementId.trim() } : {}),
    };
    void once(`mend ${updatedAt} ${JSON.stringify(body)}`, async (key) => {
      await call('POST', `/v1/statements/${statement}/differences/${n}/mend`, { body, key });
    }).then(onChange);
  };
  return (
    <Form
      layout="inline"
      size="small"
      disabled={busy}
      onSubmitCapture={(event) => {
        event.preventDefault();
        mend();
      }}
    >
      {asksSettlement ? (
        <Form.Item label={say('settlementId')} htmlFor={`settlement-${n}`}>
          <Input
            id={`settlement-${n}`}
            value={settlementId}
            maxLength={64}
            autoComplete="off"
            onChange={(event) => setSettlementId(event.target.value)}
          />
        </Form.Item>
      ) : null}
      <Form.Item label={say('basis')} htmlFor={`basis-${n}`}>
        <Input
          id={`basis-${n}`}
          value={note}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => setNote(event.target.value)}
        />
      </Form.Item>
      {needsConfirmation ? (
        <Checkbox checked={isSure} onChange={({ target }) => setSure(target.checked)}>
          {say('sure')}
        </Checkbox>
      ) : null}
      <Button
        type="primary"
        htmlType="submit"
        loading={busy}
        aria-label={`${say('mend')} ${say('difference', { n })}`}
      >
        {say('mend')}
      </Button>
      {asked && unsure ? <Alert role="alert" type="error" title={say('sureFirst')} /> : null}
      <Trouble error={error} />
    </Form>
  );
}
