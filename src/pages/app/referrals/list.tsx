import { Button, Card, Radio, Segmented, Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { ReferralSummary } from '../../../../schemas/referral.ts';
import { Trouble } from '../shell/trouble.tsx';
import type { Loaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { Item } from './item.tsx';
import { type Box, FILTERS, type Filter, type Listed } from './use-list.ts';
import { words } from './words.ts';

/** A box of referrals, the most urgent first; what arrives meanwhile is told. */
export function List(props: {
  list: Loaded<Listed>;
  box: Box;
  filter: Filter;
  open: string | undefined;
  onBox: (box: Box) => void;
  onFilter: (filter: Filter) => void;
  onMore: () => void;
  onOpen: (id: string) => void;
}) {
  const { list, box, filter, open, onBox, onFilter, onMore, onOpen } = props;
  const { say } = useWords(words);
  const arrived = useArrivals(list.data?.items, `${box} ${filter}`);
  return (
    <Card size="small">
      <Radio.Group
        block
        optionType="button"
        buttonStyle="solid"
        value={box}
        options={(['recipient', 'initiator'] as const).map((value) => ({
          value,
          label: say(`box.${value}`),
        }))}
        onChange={(event) => onBox(event.target.value as Box)}
      />
      <Segmented
        block
        size="small"
        value={filter}
        options={FILTERS.map((value) => ({ value, label: say(`filter.${value}`) }))}
        onChange={onFilter}
      />
      <div role="status">{box === 'recipient' && arrived > 0 ? say('arrived', { n: arrived }) : ''}</div>
      <Trouble error={list.error} />
      {list.data ? null : <Spin />}
      {list.data?.items.length === 0 ? <p>{say('empty')}</p> : null}
      <ul className="referral-list">
        {list.data?.items.map((item) => (
          <li key={item.id}>
            <Item item={item} open={item.id === open} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {list.data?.more ? (
        <Button block onClick={onMore}>
          {say('more')}
        </Button>
      ) : null}
    </Card>
  );
}

/** How many have come into this list since it was opened. */
function useArrivals(items: readonly ReferralSummary[] | undefined, of: string): number {
  const [count, setCount] = useState(0);
  const known = useRef<{ of: string; ids: Set<string> } | undefined>(undefined);
  useEffect(() => {
    if (!items) return;
    if (known.current?.of !== of) {
      known.current = { of, ids: new Set(items.map(({ id }) => id)) };
      setCount(0);
      return;
    }
    const { ids } = known.current;
    const fresh = items.filter(({ id }) => !ids.has(id));
    for (const { id } of fresh) ids.add(id);
    if (fresh.length > 0) setCount((count) => count + fresh.length);
  }, [items, of]);
  return count;
}
