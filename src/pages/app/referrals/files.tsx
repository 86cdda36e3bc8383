import { Button, Form, Input, Progress, Select } from 'antd';
import { useState } from 'react';
import { ATTACHMENT_KINDS, type Attachment } from '../../../../schemas/attachment.ts';
import type { Referral } from '../../../../schemas/referral.ts';
import type { Session } from '../../../../schemas/user.ts';
import { call, send } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** The files that go with a referral, of both sides. */
export function Files({
  referral,
  files,
  session,
  reload,
}: {
  referral: Pick<Referral, 'id' | 'role' | 'peer'>;
  files: readonly Attachment[];
  session: Session;
  reload: () => void;
}) {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const download = (file: Attachment) =>
    run(async () => {
      const answer = await send('GET', `/v1/referrals/${referral.id}/attachments/${file.id}`);
      saveAs(await answer.blob(), file.name);
    });
  return (
    <>
      <Trouble error={error} />
      {files.length === 0 ? <p>{say('noFiles')}</p> : null}
      <ul className="referral-list">
        {files.map((file) => (
          <li key={file.id}>
            <Button
              type="link"
              disabled={busy || !isHere(file, referral.role)}
              onClick={() => download(file)}
            >
              {file.name}
            </Button>
            {say(`kind.${file.kind}`)} · {sizeText(file.bytes)} ·{' '}
            {file.by === referral.role ? say('us') : referral.peer.name} · {say(`file.${file.state}`)}{' '}
            {file.reason ?? ''} {file.description ?? ''}
            {file.parts.done < file.parts.total ? (
              <Progress
                size="small"
                aria-label={file.name}
                percent={Math.floor((file.parts.done / file.parts.total) * 100)}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {session.scopes.includes('referral:write') ? <Attach referral={referral} reload={reload} /> : null}
    </>
  );
}

interface Chosen {
  readonly kind: string;
  readonly description?: string;
}

function Attach({ referral, reload }: { referral: Pick<Referral, 'id'>; reload: () => void }) {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const [form] = Form.useForm<Chosen>();
  const [file, setFile] = useState<File>();
  const [again, setAgain] = useState(0);
  const attach = ({ kind, description }: Chosen) => {
    if (!file) return;
    const body = new FormData();
    body.set('kind', kind);
    if (description) body.set('description', description);
    body.set('file', file);
    void run(async () => {
      await call('POST', `/v1/referrals/${referral.id}/attachments`, { body });
      form.resetFields();
      setFile(undefined);
      setAgain((again) => again + 1);
      reload();
    });
  };
  return (
    <Form
      form={form}
      name="attach"
      layout="inline"
      size="small"
      disabled={busy}
      initialValues={{ kind: 'other' }}
      onFinish={attach}
    >
      <Trouble error={error} />
      <Form.Item label={say('chooseFile')} htmlFor="attach_file" extra={say('fileTypes')}>
        <input
          key={again}
          id="attach_file"
          type="file"
          accept=".pdf,.jpg,.jpeg,.png,.tif,.tiff,.dcm,.xml,.json"
          disabled={busy}
          onChange={(event) => setFile(event.target.files?.[0])}
        />
      </Form.Item>
      <Form.Item name="kind" label={say('kind')}>
        <Select
          popupMatchSelectWidth={false}
          options={ATTACHMENT_KINDS.map((value) => ({ value, label: say(`kind.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="description" label={say('description')}>
        <Input maxLength={500} autoComplete="off" />
      </Form.Item>
      <Button htmlType="submit" loading={busy} disabled={file === undefined}>
        {say('attach')}
      </Button>
    </Form>
  );
}

/** Ours are always here; theirs when they were found whole. */
function isHere({ by, state }: Attachment, role: Referral['role']): boolean {
  return by === role || state === 'taken';
}

function sizeText(bytes: number): string {
  return bytes < 1_048_576
    ? `${Math.max(1, Math.round(bytes / 1_024))} KB`
    : `${(bytes / 1_048_576).toFixed(1)} MB`;
}

function saveAs(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
