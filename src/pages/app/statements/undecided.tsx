import type { Statement } from '../../../../schemas/statement.ts';
import { timeText } from '../shell/time.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

const COLUMNS = ['bill', 'state', 'total', 'ownId', 'at'] as const;

/** What is not decided of the period, and so in no sum; each leads to its evidence. */
export function Undecided({ items }: { items: Statement['undecided'] }) {
  const { say } = useWords(words);
  if (items.length === 0) return null;
  return (
    <section aria-label={say('undecided')}>
      <h3>{say('undecided')}</h3>
      <table className="plain-table" aria-label={say('undecided')}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {say(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(({ settlementId, billNumber, state, total, ownId, sentAt }) => (
            <tr key={`${settlementId} ${ownId}`}>
              <th scope="row">
                <a href={`/review?matter=settlement/${encodeURIComponent(settlementId)}`}>{billNumber}</a>
              </th>
              <td>{say(`state.${state}`)}</td>
              <td className="amount">{total}</td>
              <td>{ownId}</td>
              <td>{timeText(sentAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
