import { Button, Form, Input } from 'antd';
import { useCallback, useState } from 'react';
import type { Reading } from '../../../../schemas/reading.ts';
import { maskNumber } from '../../../access/masking.ts';
import { call } from '../api.ts';
import { useReadings } from '../desk/use-readings.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import type { Person } from './request.ts';
import { words } from './words.ts';

/** Who is to be referred: the card that lies on a reader, or a number that is typed. */
export function PersonPicker({
  name,
  person,
  visible,
  onPerson,
}: {
  /** Of the form, so that fields of several are told apart. */
  name: string;
  person: Person | undefined;
  /** Nobody waits for a card behind something else. */
  visible: boolean;
  onPerson: (person: Person | undefined) => void;
}) {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const [unnamed, setUnnamed] = useState(false);
  const take = useCallback(
    ({ id, identity }: Reading) => {
      setUnnamed(!identity);
      if (identity) onPerson({ readingId: id, name: identity.name, number: identity.documentNumber });
    },
    [onPerson],
  );
  const { readers, error: readerError } = useReadings(visible && !person && !unnamed, take);
  if (person) {
    return (
      <p>
        {say('patient')} <strong>{person.name}</strong> {maskNumber(person.number)}{' '}
        {'readingId' in person ? (
          <Button size="small" onClick={() => onPerson(undefined)}>
            {say('otherPerson')}
          </Button>
        ) : null}
      </p>
    );
  }
  const type = (body: { code: string; name: string }) =>
    run(async () => take(await call<Reading>('POST', '/v1/readings', { body })));
  return (
    <>
      <p role="status">{say(readers.length === 0 ? 'typePerson' : unnamed ? 'unnamed' : 'layCard')}</p>
      <Trouble error={error ?? readerError} />
      <Form
        layout="inline"
        size="small"
        name={`${name}_person`}
        onFinish={type}
        disabled={busy}
        requiredMark={false}
      >
        <Form.Item name="code" label={say('number')} rules={[{ required: true, message: say('needed') }]}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="name" label={say('name')} rules={[{ required: true, message: say('needed') }]}>
          <Input maxLength={50} autoComplete="off" />
        </Form.Item>
        <Button htmlType="submit" loading={busy}>
          {say('takePerson')}
        </Button>
      </Form>
    </>
  );
}
