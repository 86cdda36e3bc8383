import { Button, Space } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import type { Referral } from '../../../../schemas/referral.ts';
import { send } from '../api.ts';
import { Trouble } from '../shell/trouble.tsx';
import { useWork } from '../shell/use-work.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

type Form = 'outgoing' | 'return';

/** Puts the official form on paper by one press: the gateway's own page of it, as printing shows it. */
export function Print({ referral: { id, outcome } }: { referral: Pick<Referral, 'id' | 'outcome'> }) {
  const { say } = useWords(words);
  const { busy, error, run } = useWork();
  const [paper, setPaper] = useState<Document>();
  const print = (form: Form) =>
    run(async () => {
      const answer = await send('GET', `/v1/referrals/${id}/forms/${form}/page`);
      // Its style is in referrals.css: one inside a text is what the page's own policy forbids.
      const text = (await answer.text()).replace(/<style>[^<]*<\/style>/, '');
      setPaper(new DOMParser().parseFromString(text, 'text/html'));
    });
  const forms: readonly Form[] = outcome ? ['outgoing', 'return'] : ['outgoing'];
  return (
    <Space>
      {forms.map((form) => (
        <span key={form}>
          <Button size="small" disabled={busy} onClick={() => print(form)}>
            {say(`print.${form}`)}
          </Button>{' '}
          <a href={`/v1/referrals/${id}/forms/${form}.pdf`} target="_blank" rel="noopener">
            PDF<span className="unseen"> {say(form)}</span>
          </a>
        </span>
      ))}
      <Trouble error={error} />
      {paper
        ? createPortal(<Paper paper={paper} onPrinted={() => setPaper(undefined)} />, document.body)
        : null}
    </Space>
  );
}

/** The form as the gateway lays it out, seen by the printer only. */
function Paper({ paper, onPrinted }: { paper: Document; onPrinted: () => void }) {
  const place = useRef<HTMLElement>(null);
  const printed = useRef(onPrinted);
  printed.current = onPrinted;
  useEffect(() => {
    place.current?.replaceChildren(
      ...[...paper.body.children].map((each) => document.importNode(each, true)),
    );
    // Returns when the person has closed the dialogue.
    print();
    printed.current();
  }, [paper]);
  return <article ref={place} className="sheet paper" />;
}
