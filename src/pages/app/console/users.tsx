import { Button, Space, Table } from 'antd';
import { useState } from 'react';
import type { User } from '../../../../schemas/user.ts';
import { Mark } from '../shell/mark.tsx';
import { Trouble } from '../shell/trouble.tsx';
import { useWords } from '../words/words.tsx';
import type { SectionProps } from './sections.ts';
import { timeOf } from './times.ts';
import { pagesOf, usePages } from './use-pages.ts';
import { UserForm, type UserTask } from './user-form.tsx';
import { words } from './words.ts';

const readUsers = pagesOf<User>('/v1/users?limit=200');

/** Who may sign in at the pages, and as what. */
export function Users({ may }: SectionProps) {
  const { say } = useWords(words);
  const [task, setTask] = useState<UserTask>();
  const pages = usePages(readUsers);
  const mayChange = may('user:write');
  const done = () => {
    setTask(undefined);
    pages.reload();
  };
  return (
    <>
      {mayChange ? (
        <Button type="primary" onClick={() => setTask({ act: 'create' })}>
          {say('user.create')}
        </Button>
      ) : null}
      <Trouble error={pages.error} />
      <Table<User>
        rowKey="name"
        size="small"
        pagination={false}
        loading={pages.loading}
        dataSource={pages.items}
        columns={[
          { title: say('user.name'), dataIndex: 'name' },
          { title: say('user.displayName'), dataIndex: 'displayName' },
          {
            title: say('user.roles'),
            render: (_, { roles }) => roles.map((role) => say(`role.${role}`)).join('、'),
          },
          {
            title: say('state'),
            render: (_, { state, mustChangePassword }) => (
              <>
                <Mark tone={state === 'active' ? 'good' : 'bad'}>{say(`user.${state}`)}</Mark>
                {mustChangePassword ? say('user.mustChange') : null}
              </>
            ),
          },
          { title: say('changedAt'), render: (_, { updatedAt }) => timeOf(updatedAt) },
          ...(mayChange
            ? [
                {
                  title: say('acts'),
                  render: (_: unknown, user: User) => <Acts user={user} onTask={setTask} />,
                },
              ]
            : []),
        ]}
      />
      {pages.more ? <Button onClick={pages.next}>{say('more')}</Button> : null}
      {task ? <UserForm task={task} onDone={done} onCancel={() => setTask(undefined)} /> : null}
    </>
  );
}

function Acts({ user, onTask }: { user: User; onTask: (task: UserTask) => void }) {
  const { say } = useWords(words);
  const act = user.state === 'active' ? 'disable' : 'enable';
  return (
    <Space wrap size="small">
      <Button size="small" onClick={() => onTask({ act: 'change', user })}>
        {say('user.change')}
      </Button>
      <Button size="small" onClick={() => onTask({ act: 'password', user })}>
        {say('user.password')}
      </Button>
      <Button size="small" danger={act === 'disable'} onClick={() => onTask({ act, user })}>
        {say(`user.${act}`)}
      </Button>
    </Space>
  );
}
