import { Alert, Button, Card, Radio, Segmented, Spin } from 'antd';
import { Trouble } from '../shell/trouble.tsx';
import type { Loaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { Item } from './item.tsx';
import type { Arrived } from './use-arrivals.ts';
import { type Box, FILTERS, type Filter, type Listed } from './use-list.ts';
import { words } from './words.ts';

/** A box of referrals, the most urgent first; what arrived meanwhile is told, whatever is looked at. */
export function List(props: {
  list: Loaded<Listed>;
  arrived: Arrived;
  box: Box;
  filter: Filter;
  open: string | undefined;
  onBox: (box: Box) => void;
  onFilter: (filter: Filter) => void;
  onMore: () => void;
  onOpen: (id: string) => void;
}) {
  const { list, arrived, box, filter, open, onBox, onFilter, onMore, onOpen } = props;
  const { say } = useWords(words);
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
      <div role="status">{arrived.all > 0 ? say('arrived', { n: arrived.all }) : ''}</div>
      {arrived.emergencies > 0 ? (
        <Alert type="error" showIcon role="alert" title={say('emergencies', { n: arrived.emergencies })} />
      ) : null}
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
