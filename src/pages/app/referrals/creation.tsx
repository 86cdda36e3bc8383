import { Button, Card } from 'antd';
import { useState } from 'react';
import type { Referral } from '../../../../schemas/referral.ts';
import type { Session } from '../../../../schemas/user.ts';
import { call } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useOnce } from '../shell/use-once.ts';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import { Emergency } from './emergency.tsx';
import { NewForm } from './new-form.tsx';
import { PersonPicker } from './person-picker.tsx';
import { type Making, type Person, personOf, requestOf, type Typed } from './request.ts';
import { keyOf } from './use-drafts.ts';
import { useReceivers } from './use-receivers.ts';
import { words } from './words.ts';

/** A referral that is being made; what was typed stays while others are looked at, until it is sent or given up. */
export function Creation({
  making,
  visible,
  session,
  onDone,
  onClose,
}: {
  making: Making;
  visible: boolean;
  session: Session;
  onDone: (id: string) => void;
  onClose: () => void;
}) {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const once = useOnce();
  // A slip of the finger loses nothing: it is pressed twice.
  const [sure, setSure] = useState(false);
  const receivers = useReceivers(making.kind === 'return');
  const [person, setPerson] = useState<Person | undefined>('of' in making ? personOf(making.of) : undefined);
  const send = (typed: Typed) => {
    if (!person) return;
    const body = requestOf(making, person, typed);
    void run(async () => {
      const made = await once(JSON.stringify(body), (key) =>
        call<Referral>('POST', '/v1/referrals', { body, key }),
      );
      onDone(made.id);
    });
  };
  const shared = {
    making,
    session,
    receivers: receivers.data,
    ready: person !== undefined && !busy,
    onSend: send,
  };
  return (
    <Card
      size="small"
      hidden={!visible}
      className="screen"
      title={say(`making.${making.kind}`)}
      extra={
        <Button
          size="small"
          danger={sure}
          onClick={() => (sure ? onClose() : setSure(true))}
          onBlur={() => setSure(false)}
        >
          {say(sure ? 'discardSure' : 'discard')}
        </Button>
      }
    >
      <PersonPicker name={keyOf(making)} person={person} visible={visible} onPerson={setPerson} />
      <Trouble error={receivers.error} />
      {receivers.data ? making.kind === 'green' ? <Emergency {...shared} /> : <NewForm {...shared} /> : null}
      <Trouble error={error} />
    </Card>
  );
}
