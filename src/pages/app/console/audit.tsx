import { Alert, Button, Form, Input, Select, Space, Table } from 'antd';
import { useMemo, useState } from 'react';
import type { AuditEntry, AuditVerification } from '../../../../schemas/audit.ts';
import { AUDIT_KINDS } from '../../../../schemas/audit-words.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import { timeOf } from './times.ts';
import { pagesOf, usePages } from './use-pages.ts';
import { words } from './words.ts';

interface Filter {
  readonly kind?: string;
  readonly subject?: string;
}

/** Who looked at or changed what, newest first, and whether the chain of rows still holds. */
export function Audit() {
  const { say } = useWords(words);
  const [filter, setFilter] = useState<Filter>({});
  const pages = usePages(useMemo(() => pagesOf<AuditEntry>(`/v1/audit?${queryOf(filter)}`), [filter]));
  return (
    <>
      <Form<Filter> layout="inline" onFinish={setFilter}>
        <Form.Item name="kind" label={say('kind')}>
          <Select
            allowClear
            style={{ width: 150 }}
            options={AUDIT_KINDS.map((kind) => ({ value: kind, label: say(`audit.${kind}`) }))}
          />
        </Form.Item>
        <Form.Item name="subject" label={say('subject')}>
          <Input allowClear maxLength={64} autoComplete="off" />
        </Form.Item>
        <Space>
          <Button htmlType="submit" type="primary">
            {say('search')}
          </Button>
          <Verify />
        </Space>
      </Form>
      <p>{say('audit.looked')}</p>
      <Trouble error={pages.error} />
      <Table<AuditEntry>
        rowKey={({ chain, seq }) => `${chain} ${seq}`}
        size="small"
        pagination={false}
        loading={pages.loading}
        dataSource={pages.items}
        columns={[
          { title: say('at'), render: (_, { at }) => timeOf(at) },
          { title: say('who'), dataIndex: 'client' },
          { title: say('act'), dataIndex: 'act' },
          { title: say('kind'), dataIndex: 'kind' },
          { title: say('subject'), dataIndex: 'subject' },
          {
            title: say('detail'),
            render: (_, { detail }) =>
              Object.entries(detail)
                .map(([name, value]) => `${name}=${value}`)
                .join(' '),
          },
        ]}
      />
      {pages.more ? (
        <Button onClick={pages.next} loading={pages.loading}>
          {say('more')}
        </Button>
      ) : null}
    </>
  );
}

/** Walks the hash chains: a row that was changed, removed or slipped in is named. */
function Verify() {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const [found, setFound] = useState<AuditVerification>();
  const verify = () => run(async () => setFound(await call('GET', '/v1/audit/verification')));
  return (
    <>
      <Button onClick={verify} loading={busy}>
        {say('audit.verify')}
      </Button>
      <Trouble error={error} />
      <span role="status">
        {found === undefined ? null : found.holds ? (
          <Alert type="success" showIcon title={say('audit.holds')} />
        ) : (
          <Alert
            type="error"
            showIcon
            title={say('audit.broken')}
            description={found.broken
              .map(({ chain, seq, at }) => `${chain} #${seq} ${timeOf(at)}`)
              .join('; ')}
          />
        )}
      </span>
    </>
  );
}

function queryOf(filter: Filter): string {
  const query = new URLSearchParams();
  if (filter.kind) query.set('kind', filter.kind);
  if (filter.subject?.trim()) query.set('subject', filter.subject.trim());
  return query.toString();
}
