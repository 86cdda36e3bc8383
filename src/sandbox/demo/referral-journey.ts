import type { Static } from 'typebox';
import type { CreateReferral, History, HistoryEntry, Referral } from '../../../schemas/referral.ts';
import type { Api } from './api.ts';
import { type Transcript, until } from './transcript.ts';

type Case = Static<typeof Referral>;

/** How long the hospital's clerk may take from the arrival of a referral to its outcome. */
const CLOSED_WITHIN_MS = 30_000;

/** A referral goes up to the county hospital and comes back closed. */
export async function referralJourney(
  clinic: Api,
  hospital: Api,
  transcript: Transcript,
  run: string,
): Promise<void> {
  transcript.journey('转诊 → 县医院 → 回转 / referral, there and back');
  transcript.step('卫生院发出转诊单 / the clinic refers a patient');
  const sent = await clinic.post<Case>('/v1/referrals', sampleReferral, `${run}-referral`);
  transcript.say(`${sent.state} → ${sent.peer.name}`);
  transcript.hold(
    ['requested', 'received'].includes(sent.state),
    '已写入并排队投递 / on disk and on its way',
  );

  transcript.step('县医院接收、预约、到诊、完成 / the hospital accepts, schedules, sees and treats');
  const closed = await until(
    () => clinic.get<Case>(`/v1/referrals/${sent.id}`),
    (referral) => referral.closed,
    CLOSED_WITHIN_MS,
  );
  transcript.hold(closed.state === 'completed', '转诊已闭环 / the loop is closed');
  transcript.say(`诊断结果 diagnosis: ${closed.outcome?.diagnosis ?? ''}`);
  transcript.say(`下一步 next: ${closed.outcome?.nextPlan ?? ''}`);

  transcript.step('两端的经过 / the history at both ends');
  const here = await historyOf(clinic, sent.id);
  const { items } = await hospital.get<{ items: { id: string; correlationId: string }[] }>(
    '/v1/referrals?limit=50',
  );
  const twin = items.find(({ correlationId }) => correlationId === sent.correlationId);
  transcript.hold(twin !== undefined, '县医院有同一份转诊 / the hospital has the same referral');
  const there = await historyOf(hospital, twin?.id ?? '');
  sayHistory(transcript, '卫生院 clinic  ', here);
  sayHistory(transcript, '县医院 hospital', there);
  const states = [here, there].map((history) => history.at(-1)?.to);
  transcript.hold(states[0] === states[1], `两端状态一致 / both ends agree: ${states[0]}`);
}

function historyOf(api: Api, id: string): Promise<Static<typeof HistoryEntry>[]> {
  return api.get<Static<typeof History>>(`/v1/referrals/${id}/history`).then(({ items }) => items);
}

function sayHistory(
  transcript: Transcript,
  end: string,
  history: readonly Static<typeof HistoryEntry>[],
): void {
  for (const { at, type, from, to } of history) {
    transcript.say(`${end}  ${at.slice(11, 23)}  ${(from ?? '').padEnd(10)} → ${to.padEnd(10)} ${type}`);
  }
}

/** A patient with hypertension, made up. */
const sampleReferral: Static<typeof CreateReferral> = {
  to: 'H11111100009',
  priority: 'routine',
  department: { name: '心血管内科' },
  patient: {
    identity: {
      documentType: 'resident-id',
      documentNumber: '111111198101011110',
      name: '张三',
      sex: 'male',
      birthDate: '1981-01-01',
    },
    phone: '000-00000000',
  },
  form: {
    impression: '原发性高血压,血压控制不佳',
    presentIllness: '反复头晕三个月,口服降压药后血压仍在 170/105 mmHg 左右',
    pastHistory: '否认糖尿病、冠心病史',
    treatment: '硝苯地平控释片 30mg 每日一次',
    doctor: { name: '示例医师', phone: '000-00000000' },
  },
  consent: { given: 'written', by: 'patient' },
};
