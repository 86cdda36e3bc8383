import type { Static } from 'typebox';
import type { Split } from '../../../../schemas/settlement.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

const SHARES = ['fund', 'account', 'paid', 'cash'] as const;

/** Who pays what, as a bar and in figures. */
export function SplitView({ split }: { split: Static<typeof Split> }) {
  const { say } = useWords(words);
  const shares = SHARES.map((share) => ({ share, amount: split[share] ?? '0.00' })).filter(
    ({ amount }) => Number(amount) > 0,
  );
  return (
    <>
      <div className="shares" aria-hidden="true">
        {shares.map(({ share, amount }) => (
          <div key={share} className={share} style={{ flexGrow: Number(amount) }} />
        ))}
      </div>
      <table className="figures">
        <tbody>
          {[...shares, { share: 'total' as const, amount: split.total }].map(({ share, amount }) => (
            <tr key={share}>
              <th scope="row">{say(share)}</th>
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
