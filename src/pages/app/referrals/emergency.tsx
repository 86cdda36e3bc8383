import { Alert, Button, Form, Space } from 'antd';
import { useWords } from '../words/words.tsx';
import { ConsentFields, DoctorFields, TextField } from './fields.tsx';
import { type FormProps, ReceiverField } from './new-form.tsx';
import type { Typed } from './request.ts';
import { words } from './words.ts';

/** The five centres that a county builds for emergencies (五大中心). */
const CENTRES = ['chestPain', 'stroke', 'trauma', 'maternal', 'neonatal'] as const;

interface Said {
  readonly to: string;
  readonly department: { readonly name: string };
  readonly impression?: string;
  readonly presentIllness?: string;
  readonly doctor: { readonly name: string; readonly phone?: string; readonly number?: string };
  readonly consent: Typed['consent'];
}

/** The green channel: with the card on the reader, the press that says what it is sends it. */
export function Emergency({ session, receivers, ready, onSend }: FormProps) {
  const { say } = useWords(words);
  const [form] = Form.useForm<Said>();
  const send = (centre?: (typeof CENTRES)[number]) =>
    form
      .validateFields()
      .then(({ impression, presentIllness, doctor, ...said }) => {
        // The record is kept in Chinese, whatever the page is read in.
        const called = [centre && words[`centre.${centre}`][0], impression].filter(Boolean).join(',');
        onSend({
          ...said,
          priority: 'stat',
          form: { impression: called, presentIllness: presentIllness || words.historyFollows[0], doctor },
        });
      })
      // What is missing is shown where it is missing.
      .catch(() => undefined);
  const initial = {
    to: receivers?.usual,
    department: { name: words.emergencyDepartment[0] },
    doctor: { name: session.displayName, number: session.name },
    consent: { given: 'deferred', by: 'patient' },
  } as const;
  const impression: string | undefined = Form.useWatch('impression', form);
  return (
    <Form
      form={form}
      name="green"
      layout="vertical"
      size="small"
      requiredMark={false}
      initialValues={initial}
    >
      <Alert type="warning" showIcon title={say('greenHint')} />
      <Space wrap className="referral-acts">
        {CENTRES.map((centre) => (
          <Button
            key={centre}
            type="primary"
            danger
            size="large"
            disabled={!ready}
            onClick={() => send(centre)}
          >
            {say(`centre.${centre}`)}
          </Button>
        ))}
        <Button danger size="large" disabled={!ready || !impression?.trim()} onClick={() => send()}>
          {say('otherEmergency')}
        </Button>
      </Space>
      <div className="referral-pair">
        <ReceiverField receivers={receivers} fixed={false} />
        <TextField at={['department', 'name']} label={say('department')} max={50} needed />
        <TextField at={['impression']} label={say('impression')} max={450} />
        <TextField at={['presentIllness']} label={say('presentIllness')} max={2_000} />
      </div>
      <ConsentFields at={['consent']} owed={true} />
      <DoctorFields at={['doctor']} />
    </Form>
  );
}
