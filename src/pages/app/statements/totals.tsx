import type { Statement } from '../../../../schemas/statement.ts';
import { Mark } from '../shell/mark.tsx';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

type Row = Statement['totals'][number];

const SUMS = ['total', 'fund', 'account', 'cash'] as const;
const COLUMNS = ['group', 'direction', 'count', ...SUMS, 'theirs', 'result'] as const;
const AMOUNTS: ReadonlySet<string> = new Set(['count', ...SUMS, 'theirs']);

/** Our sums by group, and whether they are the insurer's. Groups without anything that are balanced say nothing. */
export function Totals({ totals }: { totals: readonly Row[] }) {
  const { say } = useWords(words);
  const shown = totals.filter(({ ours, balanced }) => ours.count > 0 || balanced === false);
  return (
    <section aria-label={say('totals')}>
      <h3>{say('totals')}</h3>
      {shown.length === 0 ? (
        <p>{say('nothing')}</p>
      ) : (
        <table className="plain-table" aria-label={say('totals')}>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th
                  key={column}
                  scope="col"
                  className={AMOUNTS.has(column) ? 'amount' : undefined}
                  title={column === 'group' ? say('groupHint') : undefined}
                >
                  {say(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Group key={`${row.group} ${row.refund}`} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Group({ row }: { row: Row }) {
  const { say } = useWords(words);
  const { group, refund, ours, theirs, balanced, words: said, late } = row;
  return (
    <tr className={balanced === false ? 'differs' : undefined}>
      <th scope="row">{group === '' ? say('noGroup') : group}</th>
      <td>
        {say(refund ? 'refunds' : 'settlements')}
        {late ? <div>{say('late', { count: late.count, total: late.total })}</div> : null}
      </td>
      <td className="amount">{ours.count}</td>
      {SUMS.map((sum) => (
        <td key={sum} className="amount">
          {ours[sum]}
        </td>
      ))}
      <td className="amount">{theirs ? `${theirs.count} / ${theirs.total} / ${theirs.fund}` : '—'}</td>
      <td>
        {balanced === undefined ? (
          say('notAsked')
        ) : (
          <Mark tone={balanced ? 'good' : 'bad'}>{say(balanced ? 'result.balanced' : 'result.differs')}</Mark>
        )}
        {said === undefined || balanced !== false ? null : <div>{said}</div>}
      </td>
    </tr>
  );
}
