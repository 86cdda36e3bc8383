import { Alert, Button, Card, Form, Space } from 'antd';
import { useEffect, useRef } from 'react';
import type { Referral, ReferralAct } from '../../../../schemas/referral.ts';
import type { Session } from '../../../../schemas/user.ts';
import type { Act } from '../../../referral/machine.ts';
import { useWords } from '../words/words.tsx';
import { ACTS_SHOWN, fieldsOf } from './acts.ts';
import { AppointmentFields, ConsentFields, OutcomeFields, PaperFields, TextField } from './fields.tsx';
import { filled } from './filled.ts';
import { ReasonFields } from './reason-fields.tsx';
import { momentOf, tomorrow } from './times.ts';
import { words } from './words.ts';

type Content = Pick<ReferralAct, 'reason' | 'text' | 'appointment' | 'outcome' | 'form' | 'consent'>;

/** What an act needs, filled in and sent; what was typed stays until it was done or is given up. */
export function ActForm(props: {
  act: Act;
  referral: Referral;
  session: Session;
  busy: boolean;
  /** The referral has moved on, and does not allow it any more. */
  closed: boolean;
  onSend: (content: Content) => void;
  onClose: () => void;
}) {
  const { act, referral, session, busy, closed, onSend, onClose } = props;
  const { say } = useWords(words);
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current?.querySelector<HTMLElement>('input, textarea')?.focus(), []);
  const finish = (typed: Content) => {
    const { appointment, ...rest } = filled(typed) ?? {};
    onSend({
      ...rest,
      ...(appointment ? { appointment: { ...appointment, at: momentOf(appointment.at) } } : {}),
    });
  };
  const doctor = { name: session.displayName, number: session.name };
  const initial: Content = {
    appointment: { at: tomorrow(Date.now()), department: referral.department },
    outcome: { diagnosis: '', doctor },
    form: referral.form,
    consent: { given: 'written', by: 'patient' },
  };
  return (
    <section ref={place} aria-label={say(`act.${act}`)}>
      <Card size="small" title={say(`act.${act}`)}>
        {closed ? <Alert type="warning" showIcon title={say('movedOn')} /> : null}
        <Form
          layout="vertical"
          size="small"
          name={act}
          requiredMark={false}
          initialValues={initial}
          disabled={busy}
          onFinish={finish}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onClose();
          }}
        >
          {fieldsOf(act).map(({ field, needed }) => {
            switch (field) {
              case 'reason':
                return <ReasonFields key={field} use={ACTS_SHOWN[act].reasons} needed={needed} />;
              case 'appointment':
                return <AppointmentFields key={field} />;
              case 'outcome':
                return <OutcomeFields key={field} at={['outcome']} />;
              case 'form':
                return <PaperFields key={field} at={['form']} />;
              case 'consent':
                return <ConsentFields key={field} at={['consent']} owed={false} />;
              case 'text':
                return (
                  <TextField
                    key={field}
                    at={['text']}
                    label={say('text')}
                    rows={2}
                    max={4_000}
                    needed={needed}
                  />
                );
            }
            return null;
          })}
          <Space>
            <Button
              type="primary"
              htmlType="submit"
              danger={ACTS_SHOWN[act].grave === true}
              disabled={closed}
              loading={busy}
            >
              {say(`act.${act}`)}
            </Button>
            <Button onClick={onClose}>{say('giveUp')}</Button>
          </Space>
        </Form>
      </Card>
    </section>
  );
}
