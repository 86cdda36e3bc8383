import type { HistoryEntry } from '../../../../schemas/referral.ts';
import { Fault } from '../../../errors.ts';
import type { CaseRecord } from '../record.ts';
import { sentAt } from '../record.ts';

/**
 * 双向转诊-住院 of 四川: four activities, each a FHIR message. After the public part of the guide
 * (github.com/karldavids/CN-Public-Health-Core-R4, MessageDefinition-*.xml and 《标准科学》2025(4):112-119); its profiles
 * are published in part only.
 */
export const ACTIVITY_CODES = ['C01001', 'C01002', 'C01003', 'C01004'] as const;
export type ActivityCode = (typeof ACTIVITY_CODES)[number];

interface Activity {
  readonly display: string;
  /** MessageDefinition of the message. */
  readonly definition: string;
  readonly sender: 'from' | 'to';
}

export const ACTIVITIES: Readonly<Record<ActivityCode, Activity>> = {
  C01001: { display: '转诊预约申请', definition: 'hospital-referral', sender: 'from' },
  C01002: { display: '转诊预约应答', definition: 'hospital-referral-response', sender: 'to' },
  C01003: { display: '患者到诊应答', definition: 'patient-arrive-response', sender: 'to' },
  C01004: { display: '上传完整病历', definition: 'medical-records-submitted', sender: 'from' },
};

/** When an activity took place, and what it was; the last time, where a referral has seen several. */
export type Occasion = Pick<HistoryEntry, 'type' | 'at' | 'text' | 'reason'>;

const SENT: ReadonlySet<string> = new Set(['send']);
const ANSWERS: ReadonlySet<string> = new Set(['accept', 'decline']);

/** Fault `form.no-activity` where the activity has not taken place yet. */
export function occasionOf(record: CaseRecord, code: ActivityCode): Occasion {
  const { entries, referral } = record;
  const last = (types: ReadonlySet<string>) =>
    entries.findLast(({ type, outcome }) => outcome === 'applied' && types.has(type));
  const found: Occasion | undefined = {
    // One that did not pass its review never was a request.
    C01001: () => (last(SENT) ? { type: 'send', at: sentAt(record) } : undefined),
    C01002: () => last(ANSWERS),
    // The record follows the arrival: 根据到诊通知上传.
    C01003: () => last(new Set(['arrive'])),
    C01004: () => last(new Set(['arrive'])),
  }[code]();
  if (!found) throw new Fault('form.no-activity', { facts: { activity: code, state: referral.state } });
  return found;
}
