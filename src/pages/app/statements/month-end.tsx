import { Button, Checkbox, Space } from 'antd';
import { useState } from 'react';
import type { Statement } from '../../../../schemas/statement.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useAct } from '../shell/use-act.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** Closes a month, which cannot be taken back. */
export function Close({ statement, onChange }: { statement: Statement; onChange: () => void }) {
  const { say } = useWords(words);
  const { busy, error, once } = useAct();
  const [isSure, setSure] = useState(false);
  const close = () =>
    once('close', async (key) => {
      await call('POST', `/v1/statements/${statement.id}/close`, { key });
    }).then(onChange);
  return (
    <>
      <Space wrap>
        <Checkbox checked={isSure} onChange={({ target }) => setSure(target.checked)}>
          {say('closeSure')}
        </Checkbox>
        <Button disabled={!isSure} loading={busy} onClick={() => void close()}>
          {say('close')}
        </Button>
      </Space>
      <Trouble error={error} />
    </>
  );
}

/** What is not mended of a month; each leads to its day. */
export function OpenOfMonth({
  open,
  onChoose,
}: {
  open: NonNullable<Statement['open']>;
  onChoose: (period: string) => void;
}) {
  const { say } = useWords(words);
  if (open.length === 0) return null;
  return (
    <section aria-label={say('openOfMonth')}>
      <h3>{say('openOfMonth')}</h3>
      <ul>
        {open.map(({ day, n, state, statementId }) => (
          <li key={`${statementId} ${n}`}>
            <Button type="link" size="small" onClick={() => onChoose(day)}>
              {day} {say('difference', { n })}
            </Button>
            {say(`difference.${state}`)}
          </li>
        ))}
      </ul>
    </section>
  );
}
