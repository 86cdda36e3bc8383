import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import type { Session } from '../../../../schemas/user.ts';
import { call } from '../api.ts';
import { Over } from '../shell/over.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useWords } from '../words/words.tsx';

/** Stands over the page, which keeps what was typed, until somebody has signed in. */
export function SignIn({ onDone }: { onDone: (session: Session) => void }) {
  const { say } = useWords();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const go = async (body: { name: string; password: string }) => {
    setBusy(true);
    try {
      onDone(await call<Session>('POST', '/v1/session', { body }));
    } catch (error) {
      setError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Over title={say('signIn.title')}>
      <Form layout="vertical" onFinish={go} disabled={busy} requiredMark={false}>
        <Form.Item name="name" label={say('signIn.name')} rules={[{ required: true, message: '' }]}>
          <Input autoFocus autoComplete="username" autoCapitalize="none" />
        </Form.Item>
        <Form.Item name="password" label={say('signIn.password')} rules={[{ required: true, message: '' }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Trouble error={error} />
        <Button type="primary" htmlType="submit" block loading={busy}>
          {say('signIn.go')}
        </Button>
      </Form>
    </Over>
  );
}
