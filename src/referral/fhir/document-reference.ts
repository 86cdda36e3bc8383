import type { Referral } from '../../../schemas/referral.ts';
import { SYSTEM } from './codes.ts';
import { type Dossier, metaOf, partiesOf, patientIdOf } from './dossier.ts';
import { type Resource, referenceTo } from './resource.ts';
import { SECTIONS } from './service-request.ts';

/** The two forms of a referral; a document's id is the referral's, a point and one of these. */
export const FORMS = ['outgoing', 'return'] as const;
export type Form = (typeof FORMS)[number];

const kinds = {
  outgoing: { code: '57133-1', display: 'Referral note', text: '双向转诊(转出)单' },
  return: { code: '11488-4', display: 'Consult note', text: '双向转诊(回转)单' },
} as const;

const returned = {
  diagnosis: '诊断结果',
  inpatientNumber: '住院病案号',
  findings: '主要检查结果',
  treatment: '治疗经过',
  nextPlan: '下一步治疗方案',
  rehabilitation: '康复建议',
} as const;

/** One of the two forms as a document in words; none where the referral has no outcome yet. */
export function documentReferenceOf(dossier: Dossier, form: Form): Resource | undefined {
  const { referral, person } = dossier;
  const lines = form === 'outgoing' ? outgoingOf(referral) : returnOf(referral);
  if (lines === undefined) return undefined;
  const { requester, owner } = partiesOf(dossier);
  const { text, ...coding } = kinds[form];
  return {
    resourceType: 'DocumentReference',
    id: `${referral.id}.${form}`,
    meta: metaOf(referral),
    status: 'current',
    docStatus: 'final',
    type: { coding: [{ system: SYSTEM.loinc, ...coding }], text },
    subject: referenceTo('Patient', patientIdOf(person)),
    date: form === 'outgoing' ? referral.createdAt : referral.updatedAt,
    author: [form === 'outgoing' ? requester : owner],
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          language: 'zh-CN',
          title: text,
          data: Buffer.from(lines.join('\n')).toString('base64'),
        },
      },
    ],
    context: {
      related: [referenceTo('ServiceRequest', referral.id), referenceTo('Task', referral.id)],
    },
  };
}

function outgoingOf({ form }: Referral): string[] {
  const sections = (Object.keys(SECTIONS) as (keyof typeof SECTIONS)[]).map((key) => [
    SECTIONS[key],
    form[key],
  ]);
  return told([['初步印象', form.impression], ...sections, ['转诊医生', form.doctor.name]]);
}

function returnOf({ outcome }: Referral): string[] | undefined {
  if (!outcome) return undefined;
  const sections = (Object.keys(returned) as (keyof typeof returned)[]).map((key) => [
    returned[key],
    outcome[key],
  ]);
  return told([...sections, ['转诊医生', outcome.doctor.name]]);
}

function told(lines: (string | undefined)[][]): string[] {
  return lines.filter(([, value]) => value !== undefined).map(([label, value]) => `${label}:${value}`);
}
