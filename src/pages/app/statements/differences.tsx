import type { Difference, Statement } from '../../../../schemas/statement.ts';
import { Mark, type Tone } from '../shell/mark.tsx';
import { timeText } from '../shell/time.ts';
import { useWords } from '../words/words.tsx';
import { byClass } from './by-class.ts';
import { Mend } from './mend.tsx';
import { words } from './words.ts';

const TONES: Readonly<Record<Difference['state'], Tone>> = {
  open: 'bad',
  mending: 'busy',
  mended: 'good',
  failed: 'bad',
  'needs-person': 'wait',
};

/** What differs, by class; each with both sides, what came of it, and what mends it. */
export function Differences({
  statement,
  mayAct,
  onChange,
}: {
  statement: Statement;
  mayAct: boolean;
  onChange: () => void;
}) {
  const { say, language } = useWords(words);
  const classes = byClass(statement.differences);
  return (
    <section aria-label={say('differences')}>
      <h3>{say('differences')}</h3>
      {classes.length === 0 && statement.state === 'balanced' ? <p>{say('noDifference')}</p> : null}
      {classes.map(({ title, items }) => (
        <section key={title.zh} aria-label={title[language === 'en' ? 'en' : 'zh']}>
          <h4>{say('ofClass', { title: title[language === 'en' ? 'en' : 'zh'], count: items.length })}</h4>
          {items.map((difference) => (
            <One
              key={difference.n}
              difference={difference}
              statement={statement.id}
              mayAct={mayAct}
              onChange={onChange}
            />
          ))}
        </section>
      ))}
    </section>
  );
}

function One({
  difference,
  statement,
  mayAct,
  onChange,
}: {
  difference: Difference;
  statement: string;
  mayAct: boolean;
  onChange: () => void;
}) {
  const { say, language } = useWords(words);
  const { n, state, ours, theirs, reason, settlementId, foundAgain, mends, mendable } = difference;
  return (
    <article className="difference" aria-label={say('difference', { n })}>
      <p>
        {say('difference', { n })} <Mark tone={TONES[state]}>{say(`difference.${state}`)}</Mark>{' '}
        {foundAgain ? <Mark tone="bad">{say('foundAgain')}</Mark> : null}{' '}
        {settlementId === undefined ? null : (
          <a href={`/review?matter=settlement/${encodeURIComponent(settlementId)}`}>{say('toSettlement')}</a>
        )}
      </p>
      <Sides ours={ours} theirs={theirs} />
      {reason === undefined ? null : (
        <p>
          {say('came')}: {reason}
        </p>
      )}
      {state === 'mended' ? null : (
        <p>
          {say('mends')}: {mends[language === 'en' ? 'en' : 'zh']}
        </p>
      )}
      {mayAct && mendable ? <Mend difference={difference} statement={statement} onChange={onChange} /> : null}
    </article>
  );
}

const FIELDS = ['number', 'ownId', 'bill', 'total', 'fund', 'account', 'at', 'memo'] as const;

/** The row of each side, or that it has none. */
function Sides({ ours, theirs }: Pick<Difference, 'ours' | 'theirs'>) {
  const { say } = useWords(words);
  const rows = [
    { name: 'ours', side: ours },
    { name: 'insurers', side: theirs },
  ] as const;
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <td />
          {FIELDS.map((field) => (
            <th key={field} scope="col">
              {say(field)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, side }) => (
          <tr key={name}>
            <th scope="row">{say(name)}</th>
            {side === undefined ? (
              <td colSpan={FIELDS.length}>{say('absent')}</td>
            ) : (
              <>
                <td>{side.number}</td>
                <td>{side.ownId}</td>
                <td>{side.billNumber}</td>
                <td className="amount">{side.total}</td>
                <td className="amount">{side.fund}</td>
                <td className="amount">{side.account}</td>
                <td>{side.at === undefined ? '' : timeText(side.at)}</td>
                <td>{side.memo}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
