import { Table } from 'antd';
import type { ClientList, RoleList } from '../../../../schemas/operation.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

async function load(signal: AbortSignal) {
  const [clients, roles] = await Promise.all([
    call<ClientList>('GET', '/v1/clients', { signal }),
    call<RoleList>('GET', '/v1/roles', { signal }),
  ]);
  return { clients: clients.items, roles: roles.items };
}

/** What each API client and each role may do. */
export function Access() {
  const { say } = useWords(words);
  const { data, error } = useLoaded(load);
  const scopes = (list: readonly string[]) => list.join(' · ');
  return (
    <>
      <Trouble error={error} />
      <h3>{say('access.clients')}</h3>
      <p>{say('access.hint')}</p>
      <Table
        rowKey="id"
        size="small"
        pagination={false}
        loading={!data && !error}
        dataSource={data?.clients ?? []}
        columns={[
          { title: say('access.client'), width: 200, render: (_, { id }) => <strong>{id}</strong> },
          { title: say('access.scopes'), render: (_, each) => scopes(each.scopes) },
        ]}
      />
      <h3>{say('user.roles')}</h3>
      <Table
        rowKey="role"
        size="small"
        pagination={false}
        dataSource={data?.roles ?? []}
        columns={[
          {
            title: say('user.roles'),
            width: 200,
            render: (_, { role }) => <strong>{say(`role.${role}`)}</strong>,
          },
          { title: say('access.scopes'), render: (_, each) => scopes(each.scopes) },
        ]}
      />
    </>
  );
}
