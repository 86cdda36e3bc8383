import { timeText } from '../shell/time.ts';
import { useWords } from '../words/words.tsx';
import type { Change } from './matters.ts';
import { type Word, words } from './words.ts';

/** What happened to a matter until now, and who did it. */
export function History({ changes }: { changes: readonly Change[] }) {
  const { say } = useWords(words);
  return (
    <details>
      <summary>{say('history')}</summary>
      <table className="plain-table" aria-label={say('history')}>
        <thead>
          <tr>
            {(['at', 'state', 'by', 'note'] as const).map((column) => (
              <th key={column} scope="col">
                {say(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changes.map(({ seq, at, from, to, by, note }) => (
            <tr key={seq}>
              <td>{timeText(at)}</td>
              <td>
                {from === undefined ? '' : `${say(`state.${from}` as Word)} → `}
                {say(`state.${to}` as Word)}
              </td>
              <td>{by}</td>
              <td>{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
