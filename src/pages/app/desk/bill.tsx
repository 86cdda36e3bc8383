import { Alert, Button, Card, Checkbox, Form, Input, type InputRef } from 'antd';
import { useEffect, useRef } from 'react';
import type { Insurer } from '../../../../schemas/transaction.ts';
import { useWords } from '../words/words.tsx';
import { chargesOf } from './charges.ts';
import type { BillForm } from './form.ts';
import { sampleBill } from './sample.ts';
import { words } from './words.ts';

const FIELDS = [
  ['billNumber', 'billNumber'],
  ['visitNumber', 'visitNumber'],
  ['departmentCode', 'departmentCode'],
  ['departmentName', 'department'],
  ['doctorCode', 'doctorCode'],
  ['doctorName', 'doctor'],
  ['diagnosis', 'diagnosis'],
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
  insurers: readonly Insurer[];
  sandbox: boolean;
  busy: boolean;
  onChange: (value: BillForm) => void;
  onQuote: () => void;
}) {
  const { say } = useWords(words);
  const first = useRef<InputRef>(null);
  useEffect(() => first.current?.focus(), []);
  const { flaws, total } = chargesOf(value.charges);
  return (
    <Card title={say('bill')} size="small">
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
        <Form.Item label={say('insurer')}>
          <Checkbox.Group
            value={value.insurers}
            options={insurers.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(chosen: string[]) =>
              onChange({
                ...value,
                insurers: insurers.map(({ id }) => id).filter((id) => chosen.includes(id)),
              })
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
        <Form.Item label={say('charges')} htmlFor="charges" extra={say('chargesHint')}>
          <Input.TextArea
            id="charges"
            rows={5}
            value={value.charges}
            onChange={(event) => onChange({ ...value, charges: event.target.value })}
          />
        </Form.Item>
        {flaws.map(({ line, what }) => (
          <Alert key={line} type="error" title={say('line', { n: line, what: say(what) })} />
        ))}
        <p>
          {say('total')} <strong>{total}</strong> {say('yuan')}
        </p>
        <Button type="primary" size="large" htmlType="submit" loading={busy}>
          {say('quote')}
        </Button>
        {sandbox ? (
          <Button type="link" onClick={() => onChange({ ...value, ...sampleBill() })}>
            {say('sample')}
          </Button>
        ) : null}
      </Form>
    </Card>
  );
}
