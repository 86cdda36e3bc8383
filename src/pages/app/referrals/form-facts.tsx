import type { Referral } from '../../../../schemas/referral.ts';
import { useWords } from '../words/words.tsx';
import { Facts } from './facts.tsx';
import { words } from './words.ts';

type Doctor = Referral['form']['doctor'];

/** 转出单: what the doctor who refers has written. */
export function FormFacts({ referral: { form } }: { referral: Pick<Referral, 'form'> }) {
  const { say } = useWords(words);
  return (
    <section>
      <h3>{say('outgoing')}</h3>
      <Facts
        items={[
          [say('impression'), form.impression],
          [say('presentIllness'), form.presentIllness],
          [say('pastHistory'), form.pastHistory],
          [say('treatment'), form.treatment],
          [say('allergies'), form.allergies],
          [say('doctor'), doctorText(form.doctor)],
        ]}
      />
    </section>
  );
}

/** 回转单: what became of the patient. */
export function OutcomeFacts({ outcome }: { outcome: Referral['outcome'] }) {
  const { say } = useWords(words);
  if (!outcome) return null;
  return (
    <section>
      <h3>{say('return')}</h3>
      <Facts
        items={[
          [say('diagnosis'), outcome.diagnosis],
          [say('inpatientNumber'), outcome.inpatientNumber],
          [say('findings'), outcome.findings],
          [say('treatment'), outcome.treatment],
          [say('nextPlan'), outcome.nextPlan],
          [say('rehabilitation'), outcome.rehabilitation],
          [say('doctor'), doctorText(outcome.doctor)],
        ]}
      />
    </section>
  );
}

function doctorText({ name, phone }: Doctor): string {
  return phone === undefined ? name : `${name} · ${phone}`;
}
