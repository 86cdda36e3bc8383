import { Form, Input, Select } from 'antd';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

type Path = readonly (string | number)[];

/** One text of a form; more than one row where it is long. */
export function TextField({
  at,
  label,
  rows = 1,
  max,
  needed = false,
  type,
}: {
  at: Path;
  label: string;
  rows?: number;
  max: number;
  needed?: boolean;
  type?: 'tel' | 'datetime-local';
}) {
  const { say } = useWords(words);
  return (
    <Form.Item
      name={[...at]}
      label={needed ? `${label} *` : label}
      rules={needed ? [{ required: true, whitespace: true, message: say('needed') }] : []}
    >
      {rows > 1 ? (
        <Input.TextArea rows={rows} maxLength={max} />
      ) : (
        <Input maxLength={max} autoComplete="off" {...(type ? { type } : {})} />
      )}
    </Form.Item>
  );
}

/** 转诊医生 and the telephone for questions; the number goes along unseen. */
export function DoctorFields({ at }: { at: Path }) {
  const { say } = useWords(words);
  return (
    <div className="referral-pair">
      <TextField at={[...at, 'name']} label={say('doctor')} max={50} needed />
      <TextField at={[...at, 'phone']} label={say('phone')} max={25} type="tel" />
      <Form.Item name={[...at, 'number']} hidden>
        <Input />
      </Form.Item>
    </div>
  );
}

/** 双向转诊(转出)单, in the order of the official form. */
export function PaperFields({ at }: { at: Path }) {
  const { say } = useWords(words);
  return (
    <>
      <TextField at={[...at, 'impression']} label={say('impression')} max={500} needed />
      <TextField at={[...at, 'presentIllness']} label={say('presentIllness')} rows={2} max={2_000} needed />
      <div className="referral-pair">
        <TextField at={[...at, 'pastHistory']} label={say('pastHistory')} rows={2} max={2_000} />
        <TextField at={[...at, 'treatment']} label={say('treatment')} rows={2} max={2_000} />
      </div>
      <TextField at={[...at, 'allergies']} label={say('allergies')} max={500} />
      <DoctorFields at={[...at, 'doctor']} />
    </>
  );
}

/** 双向转诊(回转)单, in the order of the official form. */
export function OutcomeFields({ at }: { at: Path }) {
  const { say } = useWords(words);
  return (
    <>
      <div className="referral-pair">
        <TextField at={[...at, 'diagnosis']} label={say('diagnosis')} max={500} needed />
        <TextField at={[...at, 'inpatientNumber']} label={say('inpatientNumber')} max={40} />
      </div>
      <TextField at={[...at, 'findings']} label={say('findings')} rows={2} max={4_000} />
      <TextField at={[...at, 'treatment']} label={say('treatment')} rows={2} max={4_000} />
      <div className="referral-pair">
        <TextField at={[...at, 'nextPlan']} label={say('nextPlan')} rows={2} max={2_000} />
        <TextField at={[...at, 'rehabilitation']} label={say('rehabilitation')} rows={2} max={2_000} />
      </div>
      <DoctorFields at={[...at, 'doctor']} />
    </>
  );
}

export function AppointmentFields() {
  const { say } = useWords(words);
  return (
    <>
      <div className="referral-pair">
        <TextField at={['appointment', 'at']} label={say('when')} max={25} type="datetime-local" needed />
        <TextField at={['appointment', 'department', 'name']} label={say('department')} max={50} needed />
        <TextField at={['appointment', 'doctor']} label={say('receivingDoctor')} max={50} />
        <TextField at={['appointment', 'place']} label={say('place')} max={100} />
      </div>
      <TextField at={['appointment', 'instructions']} label={say('instructions')} max={500} />
    </>
  );
}

const GIVEN = ['written', 'oral', 'deferred'] as const;
const BY = ['patient', 'guardian', 'relative'] as const;

/** The patient's consent; one that is owed can be promised in an emergency only. */
export function ConsentFields({ at, owed }: { at: Path; owed: boolean }) {
  const { say } = useWords(words);
  const given = GIVEN.filter((each) => owed || each !== 'deferred');
  return (
    <div className="referral-pair">
      <Form.Item name={[...at, 'given']} label={say('consent')}>
        <Select options={given.map((value) => ({ value, label: say(`consent.${value}`) }))} />
      </Form.Item>
      <Form.Item name={[...at, 'by']} label={say('consentBy')}>
        <Select options={BY.map((value) => ({ value, label: say(`by.${value}`) }))} />
      </Form.Item>
    </div>
  );
}
