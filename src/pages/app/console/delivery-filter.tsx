import { AutoComplete, Button, Form, Input, Select } from 'antd';
import { memo } from 'react';
import { DELIVERY_STATES } from '../../../../schemas/delivery-words.ts';
import { useWords } from '../words/words.tsx';
import type { DeliveryForm } from './delivery-search.ts';
import type { Seen } from './use-seen.ts';
import { words } from './words.ts';

/** By what deliveries are looked for. What was seen already is proposed. Drawn anew only where that has changed. */
export const DeliveryFilterForm = memo(function DeliveryFilterForm({
  seen,
  mayName,
  onSearch,
}: {
  seen: Seen;
  /** Whether a person may be named: the roles that see referrals. */
  mayName: boolean;
  onSearch: (form: DeliveryForm) => void;
}) {
  const { say } = useWords(words);
  return (
    <Form<DeliveryForm> className="filters" layout="vertical" onFinish={onSearch}>
      <Form.Item name="about" label={say('delivery.about')}>
        <Input allowClear maxLength={64} autoComplete="off" />
      </Form.Item>
      <Form.Item name="state" label={say('state')}>
        <Select
          allowClear
          options={DELIVERY_STATES.map((state) => ({ value: state, label: say(`delivery.${state}`) }))}
        />
      </Form.Item>
      {(['organisation', 'type', 'reason'] as const).map((name) => (
        <Form.Item
          key={name}
          name={name}
          label={say(name === 'organisation' ? 'organisation' : `delivery.${name}`)}
        >
          <AutoComplete allowClear options={seen[name].map((value) => ({ value }))} />
        </Form.Item>
      ))}
      <Form.Item name="since" label={say('delivery.since')}>
        <Input type="datetime-local" />
      </Form.Item>
      <Form.Item name="until" label={say('delivery.until')}>
        <Input type="datetime-local" />
      </Form.Item>
      {mayName ? (
        <Form.Item name="person" label={say('delivery.person')}>
          <Input.Password autoComplete="off" maxLength={30} />
        </Form.Item>
      ) : null}
      <Button type="primary" htmlType="submit">
        {say('search')}
      </Button>
    </Form>
  );
});
