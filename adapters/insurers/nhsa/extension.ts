import { Fault } from '../../../src/errors.ts';
import type { Bill, Stay } from '../../../src/settlement/port.ts';

/** What the extension field of a visit or a stay is made from. */
export interface Circumstances {
  /** med_type. */
  readonly medType: string;
  readonly emergency?: boolean | undefined;
  readonly injury?: { readonly thirdParty: boolean } | undefined;
  readonly isReferred: boolean;
  /** mdtrt_grp_type, 1–4. */
  readonly patientGroup?: string | undefined;
}

const YES = '1';
const NO = '0';

/** IPT_TYPE: 住院类型. */
const ORDINARY_STAY = '1';
const EMERGENCY_STAY = '2';
const TRANSFERRED_STAY = '3';

/** OTP_ER_REFL_FLAG: 门诊急诊转诊标志. */
const EMERGENCY_VISIT = '1';
const REFERRED_VISIT = '2';
const BOTH = '3';

/** med_type 13 and its kinds: 急诊, 急诊抢救. */
const EMERGENCY_TYPE = /^13/;

/**
 * exp_content of a visit (2203, 2206, 2207), a JSON text; empty where there is nothing to say (跨省异地就医接口 2.1:
 * an emergency counts as filed, and med_type 13 is one).
 */
export function visitContent(of: Circumstances): string {
  const emergency = isEmergency(of, '/visit/emergency');
  const flag = emergency ? (of.isReferred ? BOTH : EMERGENCY_VISIT) : of.isReferred ? REFERRED_VISIT : '';
  return textOf({ ...common(of), ...(flag === '' ? {} : { OTP_ER_REFL_FLAG: flag }) });
}

/** exp_content of a stay (2401, 2403). An emergency that was also transferred is an emergency, which counts as filed. */
export function stayContent(of: Circumstances): string {
  const emergency = isEmergency(of, '/emergency');
  const type = emergency ? EMERGENCY_STAY : of.isReferred ? TRANSFERRED_STAY : ORDINARY_STAY;
  return textOf({ ...common(of), IPT_TYPE: type });
}

/** Whether the extension field is sent: away from the insured place, or everywhere where the province wants it. */
export function isWanted(
  { mdtrtareaAdmvs, extension }: { mdtrtareaAdmvs: string; extension?: 'away' | 'always' },
  insuredPlace: string,
): boolean {
  return extension === 'always' || (insuredPlace !== '' && insuredPlace !== mdtrtareaAdmvs);
}

export function circumstancesOf({ visit, referral }: Pick<Bill, 'visit' | 'referral'>): Circumstances {
  const { medType, emergency, injury, patientGroup } = visit;
  return { medType, emergency, injury, patientGroup, isReferred: referral !== undefined };
}

export function circumstancesOfStay({ referral, ...stay }: Stay): Circumstances {
  const { medType, emergency, injury, patientGroup } = stay;
  return { medType, emergency, injury, patientGroup, isReferred: referral !== undefined };
}

/** Fault `request.invalid` where the caller says that a visit of med_type 13 is no emergency. */
function isEmergency({ medType, emergency }: Circumstances, pointer: string): boolean {
  if (!EMERGENCY_TYPE.test(medType)) return emergency ?? false;
  if (emergency === false) {
    const detail = `医疗类别 ${medType} 就是急诊 / med_type ${medType} is an emergency`;
    throw new Fault('request.invalid', { pointer, detail });
  }
  return true;
}

/** A third party may only be told of with an injury, and then must be. */
function common({ injury, patientGroup }: Circumstances): Record<string, string> {
  return {
    ...(patientGroup === undefined ? {} : { MDTRT_GRP_TYPE: patientGroup }),
    TRUM_FLAG: injury ? YES : NO,
    ...(injury ? { REL_TTP_FLAG: injury.thirdParty ? YES : NO } : {}),
  };
}

function textOf(content: Record<string, string>): string {
  return JSON.stringify(content);
}
