import type { Split } from '../../../../schemas/settlement.ts';
import { useWords } from '../words/words.tsx';
import { sharesOf } from './shares.ts';
import { words } from './words.ts';

/** Who pays what, as a bar and in figures. */
export function SplitView({ split }: { split: Split }) {
  const { say } = useWords(words);
  const shares = sharesOf(split);
  return (
    <>
      <div className="shares" aria-hidden="true">
        {shares.map(({ payer, amount }) => (
          <div key={payer} className={payer.replace('.', ' ')} style={{ flexGrow: Number(amount) }} />
        ))}
      </div>
      <table className="figures">
        <tbody>
          {[...shares, { payer: 'total' as const, amount: split.total }].map(({ payer, amount }) => (
            <tr key={payer} className={payer.replace('.', ' ')}>
              <th scope="row">{say(payer)}</th>
              <td>
                {amount} {say('yuan')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="due">
        {say('due')} {split.cash} {say('yuan')}
      </p>
    </>
  );
}
