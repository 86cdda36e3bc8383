import { Button, Card, Form, Input, Space, Typography } from 'antd';
import { useState } from 'react';
import type { Reader } from '../../../../schemas/reader.ts';
import { Mark } from '../shell/mark.tsx';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** Nobody is there yet: what to do with the card, and the way without one. */
export function Waiting({
  readers,
  onTyped,
}: {
  readers: readonly Reader[];
  onTyped: (typed: { code: string; name: string }) => Promise<void>;
}) {
  const { say } = useWords(words);
  const [busy, setBusy] = useState(false);
  const take = async (typed: { code: string; name: string }) => {
    setBusy(true);
    await onTyped(typed).finally(() => setBusy(false));
  };
  return (
    <Card>
      <Typography.Title level={2}>{say('waiting')}</Typography.Title>
      <p>{say(readers.length === 0 ? 'noReader' : 'lay')}</p>
      <Space wrap>
        {readers.map(({ id, name, state }) => (
          <Mark key={id} tone={state === 'ready' || state === 'busy' ? 'good' : 'bad'}>
            {name ?? id}
          </Mark>
        ))}
      </Space>
      <Typography.Title level={4}>{say('typed')}</Typography.Title>
      <Form layout="inline" onFinish={take} disabled={busy} requiredMark={false}>
        <Form.Item name="code" label={say('number')} rules={[{ required: true, message: '' }]}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="name" label={say('name')} rules={[{ required: true, message: '' }]}>
          <Input maxLength={50} autoComplete="off" />
        </Form.Item>
        <Button htmlType="submit">{say('take')}</Button>
      </Form>
    </Card>
  );
}
