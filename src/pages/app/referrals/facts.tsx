import type { ReactNode } from 'react';

/** Facts with what they are called; what nobody said is left out. */
export function Facts({ items }: { items: readonly (readonly [label: string, fact: ReactNode])[] }) {
  const known = items.filter(([, fact]) => fact !== undefined && fact !== '');
  return known.length === 0 ? null : (
    <dl>
      {known.map(([label, fact]) => (
        <div key={label} className="fact">
          <dt>{label}</dt>
          <dd className="referral-text">{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
