import { Button, Form, Input } from 'antd';
import type { Session } from '../../../../schemas/user.ts';
import { call } from '../api.ts';
import { Over } from '../shell/over.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useWork } from '../shell/use-work.ts';
import { words } from '../shell/words.ts';
import { useWords } from '../words/words.tsx';

/** Stands over the page, which keeps what was typed, until somebody has signed in. */
export function SignIn({ onDone }: { onDone: (session: Session) => void }) {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const go = (body: { name: string; password: string }) =>
    run(async () => onDone(await call<Session>('POST', '/v1/session', { body })));
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
