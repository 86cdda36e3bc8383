import { Button, Card, Form, Space } from 'antd';
import type { Referral } from '../../../../schemas/referral.ts';
import type { ReviewSubmission } from '../../../../schemas/referral-review.ts';
import { useWords } from '../words/words.tsx';
import { ConsentFields, PaperFields, TextField } from './fields.tsx';
import { filled } from './filled.ts';
import { ReasonFields } from './reason-fields.tsx';
import { words } from './words.ts';

export type ReviewAct = NonNullable<Referral['review']>['actions'][number];

type Content = Pick<ReviewSubmission, 'form' | 'department' | 'consent' | 'reason' | 'text'>;

/** What a decision or a correction says. */
export function ReviewForm({
  act,
  referral,
  busy,
  onSend,
  onClose,
}: {
  act: ReviewAct;
  referral: Referral;
  busy: boolean;
  onSend: (content: Content) => void;
  onClose: () => void;
}) {
  const { say } = useWords(words);
  const { form, department, consent, review } = referral;
  const corrects = act === 'submit' && review?.of === 'send';
  const decides = act === 'refuse' || act === 'send-back';
  return (
    <Card size="small" title={say(`review.${act}`)}>
      <Form
        name={`review_${act}`}
        layout="vertical"
        size="small"
        requiredMark={false}
        disabled={busy}
        initialValues={{ form, department: { name: department.name }, consent }}
        onFinish={(typed: Content) => onSend(filled(typed) ?? {})}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
        }}
      >
        {decides ? <ReasonFields use="review" needed /> : null}
        {corrects ? (
          <>
            <TextField at={['department', 'name']} label={say('department')} max={50} needed />
            <PaperFields at={['form']} />
            <ConsentFields at={['consent']} owed={false} />
          </>
        ) : null}
        <TextField at={['text']} label={say('text')} rows={2} max={4_000} />
        <Space>
          <Button type="primary" htmlType="submit" loading={busy}>
            {say(`review.${act}`)}
          </Button>
          <Button onClick={onClose}>{say('giveUp')}</Button>
        </Space>
      </Form>
    </Card>
  );
}
