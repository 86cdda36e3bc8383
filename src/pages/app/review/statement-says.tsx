import { Alert, Button, Spin } from 'antd';
import { Trouble } from '../shell/trouble.tsx';
import { useWords } from '../words/words.tsx';
import type { Case } from './matters.ts';
import type { StatementSaid } from './use-statement-of.ts';
import { words } from './words.ts';

/** Whether the insurer's own list of the day has what is in question. */
export function StatementSays({
  matter,
  said,
  mayAct,
}: {
  matter: Case;
  said: StatementSaid;
  mayAct: boolean;
}) {
  const { say } = useWords(words);
  const { day = '', offered, statement, busy, error } = said;
  const { insurer } = matter;
  return (
    <section aria-label={say('says')}>
      <h4>{say('says')}</h4>
      {offered === undefined && error === undefined ? <Spin /> : null}
      <Trouble error={error} />
      {offered === false ? <p>{say('noStatement', { insurer })}</p> : null}
      {offered ? (
        <>
          <p>{say('statementOf', { insurer, day })}</p>
          <div role="status">
            <Said said={said} />
          </div>
          {mayAct ? (
            <Button loading={busy} onClick={said.compare}>
              {say(busy ? 'comparing' : statement ? 'compareAgain' : 'compare')}
            </Button>
          ) : null}
          {said.difference && statement ? (
            <p>
              <a href={`/statements?insurer=${encodeURIComponent(insurer)}&period=${day}`}>
                {say('toStatement')}
              </a>
            </p>
          ) : null}
        </>
      ) : null}
    </section>
  );
}

function Said({ said: { statement, difference, undecided } }: { said: StatementSaid }) {
  const { say, language } = useWords(words);
  if (!statement) return <p>{say('notCompared')}</p>;
  if (statement.state === 'running') return <p>{say('comparing')}</p>;
  const inWords = language === 'en' ? 'en' : 'zh';
  return (
    <>
      {statement.state === 'incomplete' ? (
        <Alert type="warning" title={say('incomplete')} />
      ) : difference ? (
        <Alert
          type="warning"
          title={say('listed', { title: difference.title[inWords] })}
          description={
            <dl>
              <dt>{say('ownId')}</dt>
              <dd>{difference.theirs?.ownId ?? difference.ours?.ownId}</dd>
              <dt>{say('number')}</dt>
              <dd>{difference.theirs?.number ?? difference.ours?.number}</dd>
              <dt>{say('amounts.total')}</dt>
              <dd>{difference.theirs?.total}</dd>
            </dl>
          }
        />
      ) : (
        <p>{say('notListed')}</p>
      )}
      {undecided ? <p>{say('undecided')}</p> : null}
      {statement.provisional ? <p>{say('provisional')}</p> : null}
    </>
  );
}
