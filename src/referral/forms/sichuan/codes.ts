import { concept } from '../../fhir/resource.ts';
import { GUIDE } from './resources.ts';

/**
 * The codes of the messages. Each table is the guide's own (github.com/karldavids/CN-Public-Health-Core-R4,
 * input/pagecontent/hospital-referral.md and the examples beside it), as far as its public part fixes values; what it
 * leaves open has no code here, and none is made up.
 */
interface GuideTable<K extends string> {
  readonly system: string;
  readonly name: string;
  readonly values: Readonly<Record<K, { readonly code: string; readonly name: string }>>;
}

const PARTICIPANTS: GuideTable<'doctor' | 'patient'> = {
  ...{ system: GUIDE.participant, name: '参与者类型' },
  values: { doctor: { code: '01', name: '责任医生' }, patient: { code: '06', name: '患者' } },
};

const SERVICE_CATEGORIES: GuideTable<'medical'> = {
  ...{ system: GUIDE.serviceCategory, name: '服务类别' },
  values: { medical: { code: '01', name: '医疗服务' } },
};

const SERVICE_TYPES: GuideTable<'referral'> = {
  ...{ system: GUIDE.serviceType, name: '服务类型' },
  values: { referral: { code: '03', name: '转诊预约' } },
};

const DOCUMENT_TYPES: GuideTable<'record'> = {
  ...{ system: GUIDE.documentType, name: '文档类型' },
  values: { record: { code: 'WS365-2011', name: '城乡居民健康档案基本数据集' } },
};

/** Who takes part; the guide's examples name it in `display`. */
export function participant(who: keyof typeof PARTICIPANTS.values) {
  const { code, name } = PARTICIPANTS.values[who];
  return { coding: [{ system: PARTICIPANTS.system, code, display: name }] };
}

export const MEDICAL_SERVICE = conceptOf(SERVICE_CATEGORIES, 'medical');
export const REFERRAL_APPOINTMENT = conceptOf(SERVICE_TYPES, 'referral');
export const RECORD_DOCUMENT = conceptOf(DOCUMENT_TYPES, 'record');

export const GUIDE_TABLES: readonly GuideTable<string>[] = [
  PARTICIPANTS,
  SERVICE_CATEGORIES,
  SERVICE_TYPES,
  DOCUMENT_TYPES,
];

function conceptOf<K extends string>({ system, values }: GuideTable<K>, key: K) {
  return concept(system, values[key].code, values[key].name);
}
