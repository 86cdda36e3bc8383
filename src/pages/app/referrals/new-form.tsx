import { Button, Checkbox, Form, Input, Radio, Select } from 'antd';
import { PRIORITIES } from '../../../../schemas/referral.ts';
import type { Session } from '../../../../schemas/user.ts';
import { useWords } from '../words/words.tsx';
import { ConsentFields, OutcomeFields, PaperFields, TextField } from './fields.tsx';
import type { Making, Typed } from './request.ts';
import { keyOf } from './use-drafts.ts';
import type { Receivers } from './use-receivers.ts';
import { words } from './words.ts';

export interface FormProps {
  readonly making: Making;
  readonly session: Session;
  readonly receivers: Receivers | undefined;
  readonly ready: boolean;
  readonly onSend: (typed: Typed) => void;
}

/** The official 转出单 to fill in; for a return, the 回转单. */
export function NewForm({ making, session, receivers, ready, onSend }: FormProps) {
  const { say } = useWords(words);
  const [form] = Form.useForm<Typed>();
  const to: string | undefined = Form.useWatch('to', form);
  const retro: boolean | undefined = Form.useWatch('retro', form);
  const departments = `${keyOf(making)}-departments`;
  const of = 'of' in making ? making.of : undefined;
  const doctor = { name: session.displayName, number: session.name };
  const known = receivers?.items.find(({ code }) => code === to);
  const initial = {
    to: making.kind === 'return' ? of?.peer.code : receivers?.usual,
    priority: of?.priority ?? 'routine',
    ...(of ? { department: { name: of.department.name } } : {}),
    patient: of && {
      phone: of.patient.phone,
      address: of.patient.address,
      recordNumber: of.patient.recordNumber,
    },
    form: of ? { ...of.form, doctor } : { doctor },
    outcome: { doctor },
    consent: { given: 'written', by: 'patient' },
  } as const;
  return (
    <Form
      form={form}
      name={keyOf(making)}
      layout="vertical"
      size="small"
      requiredMark={false}
      scrollToFirstError
      initialValues={initial}
      onFinish={onSend}
    >
      <div className="referral-pair">
        <ReceiverField receivers={receivers} fixed={making.kind === 'return'} />
        <Form.Item
          name={['department', 'name']}
          label={`${say('department')} *`}
          rules={[{ required: true, whitespace: true, message: say('needed') }]}
        >
          <Input maxLength={50} autoComplete="off" list={departments} />
        </Form.Item>
      </div>
      <datalist id={departments}>
        {known?.departments?.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Form.Item name="priority" label={say('priority')}>
        <Radio.Group options={PRIORITIES.map((value) => ({ value, label: say(`priority.${value}`) }))} />
      </Form.Item>
      {making.kind === 'return' ? <OutcomeFields at={['outcome']} /> : <PaperFields at={['form']} />}
      <div className="referral-pair">
        <TextField at={['patient', 'phone']} label={say('patientPhone')} max={25} type="tel" />
        <TextField at={['patient', 'address']} label={say('address')} max={200} />
        <TextField at={['patient', 'recordNumber']} label={say('recordNumber')} max={40} />
      </div>
      <ConsentFields at={['consent']} owed={false} />
      <Form.Item name="retro" valuePropName="checked">
        <Checkbox>{say('retro')}</Checkbox>
      </Form.Item>
      {retro ? (
        <TextField at={['occurredAt']} label={say('occurredAt')} max={25} type="datetime-local" needed />
      ) : null}
      <Button type="primary" htmlType="submit" disabled={!ready}>
        {say('sendIt')}
      </Button>
    </Form>
  );
}

/** Who receives: found by the first letters of its name or code. */
export function ReceiverField({ receivers, fixed }: { receivers: Receivers | undefined; fixed: boolean }) {
  const { say } = useWords(words);
  const options = (receivers?.items ?? []).map(({ code, name }) => ({ value: code, label: name }));
  return (
    <Form.Item name="to" label={`${say('receiver')} *`} rules={[{ required: true, message: say('needed') }]}>
      <Select
        disabled={fixed}
        options={options}
        showSearch={{
          filterOption: (typed, option) =>
            `${option?.label} ${option?.value}`.toLowerCase().includes(typed.toLowerCase()),
        }}
      />
    </Form.Item>
  );
}
