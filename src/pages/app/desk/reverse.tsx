import { Button, Form, Input, Space } from 'antd';
import { useState } from 'react';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** Money goes back only after a second look, and with a reason that stays with the settlement. */
export function Reverse({ busy, onReverse }: { busy: boolean; onReverse: (reason: string) => void }) {
  const { say } = useWords(words);
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button danger disabled={busy} onClick={() => setAsking(true)}>
        {say('reverse')}
      </Button>
    );
  }
  return (
    <Form
      layout="inline"
      requiredMark={false}
      disabled={busy}
      onFinish={({ reason }: { reason: string }) => onReverse(reason.trim())}
    >
      <Form.Item
        name="reason"
        label={say('reverseReason')}
        rules={[{ required: true, whitespace: true, message: say('reverseReasonMissing') }]}
      >
        <Input maxLength={200} autoFocus autoComplete="off" />
      </Form.Item>
      <Space>
        <Button danger type="primary" htmlType="submit" loading={busy}>
          {say('reverseSure')}
        </Button>
        <Button onClick={() => setAsking(false)}>{say('reverseNot')}</Button>
      </Space>
    </Form>
  );
}
