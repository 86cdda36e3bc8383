import { Checkbox, Form, Input, Modal } from 'antd';
import type { CreateUser, User } from '../../../../schemas/user.ts';
import { ROLES } from '../../../../schemas/user-words.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useOnce } from '../shell/use-once.ts';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** What is done with a user. */
export type UserTask =
  | { readonly act: 'create' }
  | { readonly act: 'change' | 'password' | 'disable' | 'enable'; readonly user: User };

type Typed = Partial<CreateUser>;

/** The dialog's button stands outside of its form. */
const FORM = 'user-form';

/** Makes or changes a user. What was typed stays until the gateway has taken it. */
export function UserForm({
  task,
  onDone,
  onCancel,
}: {
  task: UserTask;
  onDone: () => void;
  onCancel: () => void;
}) {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const once = useOnce();
  const send = (typed: Typed) =>
    run(async () => {
      if (task.act === 'create') {
        await once(JSON.stringify(typed), (key) => call('POST', '/v1/users', { body: typed, key }));
      } else {
        const { name, version } = task.user;
        await call('PATCH', `/v1/users/${name}`, { body: changeOf(task.act, typed), version });
      }
      onDone();
    });
  const { act } = task;
  const known = act === 'create' ? undefined : task.user;
  const asks = act === 'create' || act === 'change';
  return (
    <Modal
      open
      title={known ? `${say(`user.${act}`)} · ${known.name}` : say('user.create')}
      okText={say(`user.${act}`)}
      okButtonProps={{ danger: act === 'disable', loading: busy, htmlType: 'submit', form: FORM }}
      onCancel={onCancel}
    >
      <Form
        id={FORM}
        layout="vertical"
        onFinish={send}
        requiredMark={false}
        initialValues={known ?? { roles: [] }}
      >
        {act === 'create' ? (
          <Form.Item
            name="name"
            label={say('user.name')}
            rules={[{ required: true, pattern: /^[a-z][a-z0-9._-]{1,31}$/, message: say('user.nameRule') }]}
          >
            <Input autoFocus autoComplete="off" autoCapitalize="none" maxLength={32} />
          </Form.Item>
        ) : null}
        {asks ? (
          <>
            <Form.Item
              name="displayName"
              label={say('user.displayName')}
              rules={[{ required: true, message: say('user.displayNameRule') }]}
            >
              <Input autoComplete="off" maxLength={40} />
            </Form.Item>
            <Form.Item
              name="roles"
              label={say('user.roles')}
              rules={[{ type: 'array', min: 1, message: say('user.rolesRule') }]}
            >
              <Checkbox.Group options={ROLES.map((role) => ({ value: role, label: say(`role.${role}`) }))} />
            </Form.Item>
          </>
        ) : null}
        {act === 'create' || act === 'password' ? (
          <Form.Item
            name="password"
            label={say('user.firstPassword')}
            extra={say('user.firstPasswordHint')}
            rules={[{ required: true, min: 10, message: say('user.passwordRule') }]}
          >
            <Input.Password autoComplete="new-password" maxLength={128} />
          </Form.Item>
        ) : null}
        {act === 'disable' ? <p>{say('user.disableHint')}</p> : null}
        {act === 'enable' ? <p>{say('user.enableHint')}</p> : null}
      </Form>
      <Trouble error={error} />
    </Modal>
  );
}

function changeOf(act: Exclude<UserTask['act'], 'create'>, { displayName, roles, password }: Typed): object {
  if (act === 'change') return { displayName, roles };
  if (act === 'password') return { password };
  return { state: act === 'disable' ? 'disabled' : 'active' };
}
