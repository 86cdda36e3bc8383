import { Button, Form, Input } from 'antd';
import type { NewPassword as Change } from '../../../../schemas/user.ts';
import { call } from '../api.ts';
import { Over } from '../shell/over.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useWork } from '../shell/use-work.ts';
import { words } from '../shell/words.ts';
import { useWords } from '../words/words.tsx';

/** A first password was set by somebody else: nothing goes on before it is changed. */
export function NewPassword({ onDone }: { onDone: () => void }) {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const go = (body: Change) =>
    run(async () => {
      await call('PUT', '/v1/session/password', { body });
      onDone();
    });
  return (
    <Over title={say('password.title')}>
      <Form layout="vertical" onFinish={go} disabled={busy} requiredMark={false}>
        <Form.Item name="oldPassword" label={say('password.old')} rules={[{ required: true, message: '' }]}>
          <Input.Password autoFocus autoComplete="current-password" />
        </Form.Item>
        <Form.Item name="newPassword" label={say('password.new')} rules={[{ required: true, message: '' }]}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Trouble error={error} />
        <Button type="primary" htmlType="submit" block loading={busy}>
          {say('password.go')}
        </Button>
      </Form>
    </Over>
  );
}
