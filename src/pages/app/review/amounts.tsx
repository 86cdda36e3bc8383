import type { Difference } from '../../../../schemas/statement.ts';
import { useWords } from '../words/words.tsx';
import { amountRows } from './amount-rows.ts';
import type { Case } from './matters.ts';
import { words } from './words.ts';

/** The amounts as quoted, as answered and as the statement has them; where they differ it says so. */
export function Amounts({ matter, theirs }: { matter: Case; theirs: Difference['theirs'] }) {
  const { say } = useWords(words);
  const leg = matter.legs.find(({ insurer }) => insurer === matter.insurer);
  if (!leg) return null;
  const { columns, rows } = amountRows({ quote: leg.quote, settled: leg.settled, theirs });
  if (columns.length === 0) return null;
  return (
    <>
      <h4>
        {say('amounts')} {matter.insurer}
      </h4>
      <table className="plain-table" aria-label={say('amounts')}>
        <thead>
          <tr>
            <td />
            {columns.map((column) => (
              <th key={column} scope="col">
                {say(`amounts.${column}`)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, amounts, differs }) => (
            <tr key={name} className={differs ? 'differs' : undefined}>
              <th scope="row">{say(`amounts.${name}`)}</th>
              {columns.map((column) => (
                <td key={column} className="amount">
                  {amounts[column]}
                </td>
              ))}
              <td>{differs ? say('different') : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
