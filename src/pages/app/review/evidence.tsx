import { Alert, Spin } from 'antd';
import { useCallback, useState } from 'react';
import { timeText } from '../shell/time.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { Amounts } from './amounts.tsx';
import { bodyText } from './body-text.ts';
import { Exchanges } from './exchanges.tsx';
import type { Case } from './matters.ts';
import { StatementSays } from './statement-says.tsx';
import { type Body, readBody } from './use-case.ts';
import { useStatementOf } from './use-statement-of.ts';
import { type Word, words } from './words.ts';

/** What we sent, what came back and what the statement says, side by side. */
export function Evidence({ matter, mayAct }: { matter: Case; mayAct: boolean }) {
  const { say } = useWords(words);
  const { exchanges, exchangeId, insurer } = matter;
  const [chosen, setChosen] = useState<string>();
  const shown = chosen ?? exchangeId ?? exchanges.at(-1)?.id;
  const question = exchanges.find(({ id }) => id === exchangeId);
  const statement = useStatementOf(insurer, question?.sentAt, matter);
  return (
    <section aria-label={say('evidence')}>
      <h3>{say('evidence')}</h3>
      {shown === undefined ? (
        <Alert type="info" title={say('noExchange')} />
      ) : (
        <div className="evidence">
          <Bodies id={shown} />
          {matter.kind === 'settlement' && question ? (
            <StatementSays matter={matter} said={statement} mayAct={mayAct} />
          ) : null}
        </div>
      )}
      {matter.kind === 'settlement' ? (
        <Amounts matter={matter} theirs={statement.difference?.theirs} />
      ) : null}
      <Exchanges exchanges={exchanges} question={exchangeId} shown={shown} onShow={setChosen} />
    </section>
  );
}

/** One exchange, as sent and as answered. */
function Bodies({ id }: { id: string }) {
  const { data, error } = useLoaded(useCallback((signal) => readBody(id, signal), [id]));
  if (!data) return error === undefined ? <Spin /> : <Trouble error={error} />;
  return (
    <>
      <Sent body={data} />
      <Came body={data} />
    </>
  );
}

function Sent({ body }: { body: Body }) {
  const { say } = useWords(words);
  return (
    <section aria-label={say('sent')}>
      <h4>{say('sent')}</h4>
      <dl>
        <dt>{say('transaction')}</dt>
        <dd>
          {body.transaction} {say(`purpose.${body.purpose}` as Word)}
        </dd>
        <dt>{say('ownId')}</dt>
        <dd>{body.ownId}</dd>
        <dt>{say('at')}</dt>
        <dd>{timeText(body.sentAt)}</dd>
      </dl>
      <Text title={say('sent')} text={body.request} />
      {body.intact ? null : <Alert type="error" showIcon title={say('notIntact')} />}
    </section>
  );
}

function Came({ body }: { body: Body }) {
  const { say } = useWords(words);
  return (
    <section aria-label={say('came')}>
      <h4>{say('came')}</h4>
      <dl>
        <dt>{say('outcome')}</dt>
        <dd>
          {say(`outcome.${body.outcome}` as Word)}
          {body.status === undefined ? '' : ` HTTP ${body.status}`}
        </dd>
        {body.answeredAt === undefined ? null : (
          <>
            <dt>{say('at')}</dt>
            <dd>{timeText(body.answeredAt)}</dd>
          </>
        )}
        {body.reason === undefined ? null : (
          <>
            <dt>{say('reason')}</dt>
            <dd>{body.reason}</dd>
          </>
        )}
      </dl>
      {body.answer === undefined ? (
        <p>{say('nothingCame')}</p>
      ) : (
        <Text title={say('came')} text={body.answer} />
      )}
    </section>
  );
}

/** It scrolls, so the keyboard has to reach it. */
function Text({ title, text }: { title: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section className="body" tabIndex={0} aria-label={title}>
      <pre>{bodyText(text)}</pre>
    </section>
  );
}
