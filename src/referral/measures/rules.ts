import type { Measure, MeasuresConfiguration } from '../../../schemas/measure.ts';
import type { Level } from '../../../schemas/organisation.ts';
import type { Priority } from '../../../schemas/referral.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What is in time, in milliseconds. */
export interface Limits {
  readonly deliveredMs: Readonly<Record<Priority, number>>;
  readonly answeredMs: Readonly<Record<Priority, number>>;
  readonly returnedMs: Readonly<Record<Priority, number>>;
  readonly closedMs: number;
}

/** Our own figures where the county gives none: no national one was found for any of them. */
const DEFAULT_MINUTES = {
  delivered: { routine: 60, urgent: 15, stat: 5 },
  answered: { routine: 24 * 60, urgent: 120, stat: 15 },
  returned: { routine: 30 * 24 * 60, urgent: 30 * 24 * 60, stat: 30 * 24 * 60 },
};
const CLOSED_DAYS = 30;

/** Answers are sorted by how long they took: up to so many minutes, and later. */
export const ANSWER_MINUTES = [15, 60, 120, 24 * 60, 72 * 60] as const;

export function limitsOf(configuration: MeasuresConfiguration = {}): Limits {
  const { deliveredWithinMinutes, answeredWithinMinutes, returnedWithinMinutes } = configuration;
  return {
    deliveredMs: inMs({ ...DEFAULT_MINUTES.delivered, ...deliveredWithinMinutes }),
    answeredMs: inMs({ ...DEFAULT_MINUTES.answered, ...answeredWithinMinutes }),
    returnedMs: inMs({ ...DEFAULT_MINUTES.returned, ...returnedWithinMinutes }),
    closedMs: (configuration.closedWithinDays ?? CLOSED_DAYS) * DAY_MS,
  };
}

function inMs({ routine, urgent, stat }: Record<Priority, number>): Record<Priority, number> {
  return { routine: routine * MINUTE_MS, urgent: urgent * MINUTE_MS, stat: stat * MINUTE_MS };
}

/** Numerator over denominator, to four digits; nothing where there is nothing to divide by. */
export function rateOf(numerator: number, denominator: number): number | undefined {
  return denominator === 0 ? undefined : Math.round((numerator / denominator) * 10_000) / 10_000;
}

/** An organisation, as far as its place matters. */
export interface Placed {
  readonly code: string;
  readonly level: Level;
  /** Administrative division, six digits or more; its first six name the county. */
  readonly division?: string | undefined;
}

/**
 * Whether an organisation is outside our county: as the county says, else by the divisions of both, else by its level,
 * since a city's or a province's hospital is not the county's.
 */
export function isOutside(
  peer: Placed | undefined,
  own: Placed,
  { outside = [], inside = [] }: Pick<MeasuresConfiguration, 'outside' | 'inside'>,
): boolean {
  if (!peer) return false;
  if (outside.includes(peer.code)) return true;
  if (inside.includes(peer.code)) return false;
  if (peer.division !== undefined && own.division !== undefined) {
    return peer.division.slice(0, 6) !== own.division.slice(0, 6);
  }
  return peer.level === 'city' || peer.level === 'province';
}

interface TwoTongues {
  readonly zh: string;
  readonly en: string;
}

/** What each number means; printed beside it wherever it goes. */
export const DEFINITIONS: Readonly<
  Record<Measure, { readonly name: TwoTongues; readonly definition: TwoTongues }>
> = {
  delivered: {
    name: { zh: '及时送达率', en: 'delivered in time' },
    definition: {
      zh: '分母:本机构转出、已送达或已超过送达时限的转诊;分子:其中在时限内送达接收方网关的,从发出算起,经转出审核的从通过算起。仍在时限内未送达的不计。',
      en: 'of the referrals sent here that were delivered or whose time for delivery is over: those that reached the receiving gateway in time from when they were sent, which is after a review; those still within their time are not counted',
    },
  },
  answered: {
    name: { zh: '及时应答率', en: 'answered in time' },
    definition: {
      zh: '分母:已送达、且接收方已应答或未关闭而超过应答时限的转诊;分子:其中从送达到接收方第一次应答(接收、拒绝、预约等任一动作)不超过时限的。',
      en: 'of the referrals delivered that were answered, or are open with their time for an answer over: those whose first act by the recipient came within the time from delivery',
    },
  },
  returned: {
    name: { zh: '结果及时回传率', en: 'outcome returned and acknowledged in time' },
    definition: {
      zh: '分母:接收方已应答、未被拒绝或撤销,且结果已回传并被确认收到或已超过时限的转诊;分子:其中从应答到转出方网关确认收到结果(回转单)不超过时限的。',
      en: 'of the referrals answered and neither declined nor cancelled whose outcome was acknowledged or whose time is over: those whose outcome the initiator’s gateway acknowledged within the time from the answer',
    },
  },
  closed: {
    name: { zh: '闭环率', en: 'closed-loop rate' },
    definition: {
      zh: '分母:已闭环或已超过闭环天数的转诊;分子:其中在该天数内到达终态(完成、拒绝、撤销)且终态已被转出方网关确认收到的。国家没有统一口径,这是本网关的定义。',
      en: 'of the referrals that are closed or whose days are over: those that within these days reached a final state (completed, declined, cancelled) which the initiator’s gateway has acknowledged; there is no national definition, this one is the gateway’s',
    },
  },
};

export const COUNTY = {
  definition: {
    zh: '县域内就诊率 = 就诊 ÷(就诊 + 县外转诊);外转率 = 县外转诊 ÷ 就诊。就诊:期间在本网关结算成功的门诊(含慢特病)和出院结算;县外转诊:期间由本机构转往县外机构、接收方已应答且未拒绝、未撤销的转诊。县内县外按行政区划前六位,没有区划的按级别(市级、省级为县外),可在配置中改写。',
    en: 'in-county share = visits ÷ (visits + referrals outward); outward rate = referrals outward ÷ visits. Visits: outpatient, chronic and final inpatient settlements that stand, settled here in the time. Outward: referrals sent here to organisations outside the county in the time that were answered and neither declined nor cancelled. A county is the first six digits of the division; without one a city’s or province’s organisation is outside; the configuration may say otherwise',
  },
  unseen: {
    zh: '看不到:患者自行前往县外的就诊、县内其他机构的就诊、未经本网关结算的就诊(如全自费)。因此是本机构的近似值,不是全县指标。',
    en: 'not seen: visits outside the county without a referral, visits to other organisations of the county, and visits that were not settled here, such as those paid privately. It approximates this institution, and is not the county’s figure',
  },
} as const;
