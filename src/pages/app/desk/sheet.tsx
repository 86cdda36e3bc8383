import type { Settlement } from '../../../../schemas/settlement.ts';
import { useWords } from '../words/words.tsx';
import { chargesOf } from './charges.ts';
import type { BillForm } from './form.ts';
import { words } from './words.ts';

/** The settlement sheet for the patient; only printing shows it. */
export function Sheet({ settlement, bill, name }: { settlement: Settlement; bill: BillForm; name: string }) {
  const { say } = useWords(words);
  const { charges } = chargesOf(bill.charges);
  const rows = (['fund', 'account', 'paid', 'cash'] as const).map(
    (share) => [share, settlement[share]] as const,
  );
  return (
    <article className="sheet">
      <h1>{say('sheet')}</h1>
      <p>
        {say('name')} {name} · {say('billNumber')} {settlement.billNumber} · {say('department')}{' '}
        {bill.departmentName} · {settlement.updatedAt.slice(0, 16).replace('T', ' ')}
      </p>
      <table>
        <tbody>
          {charges.map((charge) => (
            <tr key={charge.line}>
              <td>{charge.name}</td>
              <td>{charge.count}</td>
              <td>{charge.price}</td>
              <td>{charge.amount}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {say('total')} {settlement.total} {say('yuan')}
      </p>
      {rows.map(([share, amount]) =>
        amount === undefined ? null : (
          <p key={share}>
            {say(share)} {amount} {say('yuan')}
          </p>
        ),
      )}
      {settlement.legs.map(({ insurer, number }) => (
        <p key={insurer}>
          {insurer} {number}
        </p>
      ))}
    </article>
  );
}
