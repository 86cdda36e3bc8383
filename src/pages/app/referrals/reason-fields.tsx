import { Form, Select } from 'antd';
import { useCallback } from 'react';
import type { Static } from 'typebox';
import type { ReasonTable } from '../../../../schemas/referral-claim.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useLoaded } from '../shell/use-loaded.ts';
import { useWords } from '../words/words.tsx';
import type { Use } from './acts.ts';
import { TextField } from './fields.tsx';
import { words } from './words.ts';

/** Why: a code of the gateway's table where the act has one, and the reason in words, which the code suggests. */
export function ReasonFields({ use, needed }: { use: Use | undefined; needed: boolean }) {
  const { say } = useWords(words);
  return (
    <>
      {use ? <ReasonCode use={use} /> : null}
      <TextField at={['reason', 'text']} label={say('reason')} max={500} needed={needed} />
    </>
  );
}

function ReasonCode({ use }: { use: Use }) {
  const { say, language } = useWords(words);
  const form = Form.useFormInstance();
  const load = useCallback(
    (signal: AbortSignal) => call<Static<typeof ReasonTable>>('GET', '/v1/referrals/reasons', { signal }),
    [],
  );
  const { data, error } = useLoaded(load);
  const options = (data?.items ?? [])
    .filter((each) => each.for === use)
    .map(({ code, zh, en }) => ({ value: code, label: language === 'en' ? en : zh, zh }));
  const choose = (code: string) => {
    const typed: string = form.getFieldValue(['reason', 'text']) ?? '';
    // What a person wrote is theirs; what a code had suggested goes with the code.
    if (typed !== '' && !options.some(({ zh }) => zh === typed)) return;
    form.setFieldValue(['reason', 'text'], options.find(({ value }) => value === code)?.zh ?? '');
  };
  return (
    <>
      <Trouble error={error} />
      <Form.Item
        name={['reason', 'code']}
        label={`${say('reasonCode')} *`}
        rules={[{ required: true, message: say('needed') }]}
      >
        <Select options={[...options, { value: 'other', label: say('otherReason') }]} onChange={choose} />
      </Form.Item>
    </>
  );
}
