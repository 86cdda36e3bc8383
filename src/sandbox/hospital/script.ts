import type { ReferralAct } from '../../../schemas/referral.ts';
import { chinaDate } from '../../clock.ts';
import type { StateName } from '../../referral/machine.ts';

/** What the clerk does when a referral has been in a state for a while. */
export interface Step {
  readonly afterMs: number;
  /** The act, or how to make it at a given time (epoch ms). */
  readonly act: ReferralAct | ((now: number) => ReferralAct);
}

/** In a state that is not named, the clerk does nothing. */
export type Script = Readonly<Partial<Record<StateName, Step>>>;

const DAY_MS = 86_400_000;
const department = { name: '心血管内科' };
const doctor = { name: '沙箱医生' };

/** Accepts, makes an appointment for tomorrow, sees the patient arrive, and sends them back with an outcome. */
export const defaultScript: Script = {
  received: { afterMs: 1_000, act: { type: 'accept' } },
  accepted: {
    afterMs: 1_000,
    act: (now) => ({
      type: 'schedule',
      appointment: {
        at: `${chinaDate(now + DAY_MS)}T09:00:00+08:00`,
        department,
        place: '门诊楼三层 12 诊室(沙箱)',
        instructions: '请携带身份证和社保卡,提前 15 分钟到分诊台报到',
      },
    }),
  },
  scheduled: { afterMs: 2_000, act: { type: 'arrive' } },
  arrived: {
    afterMs: 2_000,
    act: {
      type: 'complete',
      outcome: {
        diagnosis: '原发性高血压 2 级(沙箱示例)',
        findings: '心电图:窦性心律;血压 150/95 mmHg',
        treatment: '调整降压药物,血压控制平稳',
        nextPlan: '回基层随访,每两周测血压一次',
        rehabilitation: '低盐饮食,适量运动',
        doctor,
      },
    },
  },
  'cancellation-requested': { afterMs: 1_000, act: { type: 'confirm-cancellation' } },
};
