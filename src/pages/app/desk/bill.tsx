import { Alert, Button, Card, Checkbox, Form, Input, type InputRef } from 'antd';
import { useEffect, useRef } from 'react';
import { useWords } from '../words/words.tsx';
import { chargesOf } from './charges.ts';
import type { BillForm } from './form.ts';
import { sampleBill } from './sample.ts';

const FIELDS = [
  ['billNumber', 'desk.billNumber'],
  ['visitNumber', 'desk.visitNumber'],
  ['departmentCode', 'desk.departmentCode'],
  ['departmentName', 'desk.department'],
  ['doctorCode', 'desk.doctorCode'],
  ['doctorName', 'desk.doctor'],
  ['diagnosis', 'desk.diagnosis'],
] as const;

/** The visit and its charges, typed or pasted. */
export function Bill({
  value,
  insurers,
  sandbox,
  busy,
  onChange,
  onQuote,
}: {
  value: BillForm;
  insurers: readonly string[];
  sandbox: boolean;
  busy: boolean;
  onChange: (value: BillForm) => void;
  onQuote: () => void;
}) {
  const { say } = useWords();
  const first = useRef<InputRef>(null);
  useEffect(() => first.current?.focus(), []);
  const { flaws, total } = chargesOf(value.charges);
  return (
    <Card title={say('desk.bill')} size="small">
      <Form
        layout="horizontal"
        labelCol={{ span: 6 }}
        size="small"
        disabled={busy}
        onSubmitCapture={(event) => {
          event.preventDefault();
          onQuote();
        }}
      >
        <Form.Item label={say('desk.insurer')}>
          <Checkbox.Group
            value={value.insurers}
            options={insurers.map((id) => ({ value: id, label: id }))}
            onChange={(chosen: string[]) =>
              onChange({ ...value, insurers: insurers.filter((id) => chosen.includes(id)) })
            }
          />
        </Form.Item>
        {FIELDS.map(([field, word], index) => (
          <Form.Item key={field} label={say(word)} htmlFor={field}>
            <Input
              id={field}
              ref={index === 0 ? first : null}
              value={value[field]}
              maxLength={120}
              autoComplete="off"
              onChange={(event) => onChange({ ...value, [field]: event.target.value })}
            />
          </Form.Item>
        ))}
        <Form.Item label={say('desk.charges')} htmlFor="charges" extra={say('desk.chargesHint')}>
          <Input.TextArea
            id="charges"
            rows={5}
            value={value.charges}
            onChange={(event) => onChange({ ...value, charges: event.target.value })}
          />
        </Form.Item>
        {flaws.map(({ line, what }) => (
          <Alert key={line} type="error" title={say('desk.line', { n: line, what: say(what) })} />
        ))}
        <p>
          {say('desk.total')} <strong>{total}</strong> {say('desk.yuan')}
        </p>
        <Button type="primary" size="large" htmlType="submit" loading={busy}>
          {say('desk.quote')}
        </Button>
        {sandbox ? (
          <Button type="link" onClick={() => onChange({ ...value, ...sampleBill() })}>
            {say('desk.sample')}
          </Button>
        ) : null}
      </Form>
    </Card>
  );
}
