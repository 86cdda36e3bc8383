import { Button } from 'antd';
import type { Exchange } from '../../../../schemas/exchange.ts';
import { Mark } from '../shell/mark.tsx';
import { timeText } from '../shell/time.ts';
import { useWords } from '../words/words.tsx';
import { type Word, words } from './words.ts';

const COLUMNS = ['at', 'transaction', 'purpose', 'outcome', 'reason', 'ownId'] as const;

/** Everything that was sent to the insurers for a matter, in its order; one of them is shown in full. */
export function Exchanges({
  exchanges,
  question,
  shown,
  onShow,
}: {
  exchanges: readonly Exchange[];
  question: string | undefined;
  shown: string | undefined;
  onShow: (id: string) => void;
}) {
  const { say } = useWords(words);
  if (exchanges.length === 0) return null;
  return (
    <details>
      <summary>
        {say('exchanges')} ({exchanges.length})
      </summary>
      <p>{say('exchangesHint')}</p>
      <table className="plain-table" aria-label={say('exchanges')}>
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
          {exchanges.map(({ id, sentAt, transaction, purpose, outcome, reason, ownId }) => (
            <tr key={id}>
              <td>
                <Button
                  size="small"
                  type={id === shown ? 'primary' : 'default'}
                  aria-pressed={id === shown}
                  onClick={() => onShow(id)}
                >
                  {timeText(sentAt)}
                </Button>
              </td>
              <td>
                {transaction} {id === question ? <Mark tone="bad">{say('inQuestion')}</Mark> : null}
              </td>
              <td>{say(`purpose.${purpose}` as Word)}</td>
              <td>{say(`outcome.${outcome}` as Word)}</td>
              <td>{reason}</td>
              <td>{ownId}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
