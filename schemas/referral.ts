import Type, { type Static } from 'typebox';
import { ACTS, STATE_NAMES } from '../src/referral/machine.ts';
import { Id, OneOf, PageQuery, Strict, Text, Timestamp } from './common.ts';
import { Need } from './directory.ts';
import { DOCUMENT_TYPES, Identity } from './identity.ts';
import { DirectionSchema, Organisation, OrganisationCode } from './organisation.ts';
import { Claim, Claimant } from './referral-claim.ts';
import { Notify, Contact as Told } from './referral-contact.ts';
import {
  Appointment,
  Consent,
  Contact,
  Department,
  Outcome,
  Patient,
  Reason,
  ReferralForm,
  StaffNumber,
} from './referral-content.ts';
import { REVIEW_STATES, ReviewShown } from './referral-review.ts';
import { FILING_STATES } from './settlement-words.ts';

/** FHIR request-priority, as far as clinics use it. */
export const PRIORITIES = ['routine', 'urgent', 'stat'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The emergency channel (急诊绿色通道): under way from the start, no acceptance is waited for. */
const Channel = Type.Literal('green', { description: '急诊绿色通道 / under way from the start' });
const Retro = Type.Literal(true, {
  description: '补录:事后登记,不提醒 / entered after the fact, alerts nobody',
});

/** What both ends keep of a referral from the start. */
const Content = {
  priority: OneOf(PRIORITIES),
  department: Department,
  form: ReferralForm,
  consent: Consent,
};

export const CreateReferral = Strict({
  /** Who receives; where it is left out, the gateway chooses by `need`. */
  to: Type.Optional(OrganisationCode),
  need: Type.Optional(Need),
  direction: Type.Optional(DirectionSchema),
  ...Content,
  channel: Type.Optional(Channel),
  /** Green channel: whom the receiver tells, by their roles; all where it is left out. */
  notify: Type.Optional(Notify),
  retro: Type.Optional(Retro),
  /** 补录: when the patient really went. */
  occurredAt: Type.Optional(Timestamp),
  /** 逐级转诊: a referral that came here and that this one carries on to the next level. */
  onwardOf: Type.Optional(Id),
  /** 回转: a referral that came here; this one takes the patient back to where it came from. */
  returnOf: Type.Optional(Id),
  /** With returnOf: completes the referral that came, in the same moment. */
  outcome: Type.Optional(Outcome),
  /** One of the two: the person, or the reading that names them. */
  patient: Strict({ identity: Type.Optional(Identity), readingId: Type.Optional(Id), ...Contact }),
});

/** What was done, with what it needs: see `CONTENT` in src/referral/content.ts for which act takes which. */
const Acted = {
  type: OneOf(ACTS),
  /** coarse: a recipient that does not report appointment detail. */
  detail: Type.Optional(OneOf(['fine', 'coarse'])),
  occurredAt: Type.Optional(Timestamp),
  text: Type.Optional(Text(4_000, '说明或病情记录')),
  reason: Type.Optional(Reason),
  appointment: Type.Optional(Appointment),
  outcome: Type.Optional(Outcome),
  /** amend: the whole form, as it is to be from now on. */
  form: Type.Optional(ReferralForm),
  consent: Type.Optional(Consent),
};

export const ReferralAct = Strict({
  ...Acted,
  /** Who of this side acts; needed while a doctor has claimed the referral. Stays here. */
  doctor: Type.Optional(StaffNumber),
});

const State = {
  state: OneOf(STATE_NAMES, { description: '转诊状态 / state of the referral machine' }),
  status: Type.String({ description: 'FHIR Task.status' }),
  businessStatus: Type.Optional(
    Type.String({ description: 'BSeR TaskBusinessStatus; arrived 为本网关扩展' }),
  ),
};

const Summary = {
  id: Id,
  caseId: Id,
  correlationId: Id,
  role: OneOf(['initiator', 'recipient'], { description: '本机构是转出方还是接收方 / which end this is' }),
  peer: Organisation,
  direction: DirectionSchema,
  priority: OneOf(PRIORITIES),
  ...State,
  closed: Type.Boolean({ description: '是否已闭环 / whether nothing can follow' }),
  version: Type.Integer(),
  channel: Type.Optional(Channel),
  retro: Type.Optional(Type.Boolean()),
  reviewing: Type.Optional(OneOf(REVIEW_STATES, { description: '内部审核 / its internal review' })),
  nameDiffers: Type.Optional(
    Type.Boolean({
      description: '同一证件号在本机构曾用另一姓名,请核对 / on file here under another name: check it',
    }),
  ),
  due: Type.Optional(
    Strict({
      for: OneOf(['review', 'answer', 'schedule', 'outcome']),
      at: Timestamp,
      overdue: Type.Boolean(),
    }),
  ),
  consentDue: Type.Optional(Strict({ at: Timestamp, overdue: Type.Boolean() })),
  receivedAt: Type.Optional(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

/** What an insurer was told of a referral (2501), and what its list (5304) says. */
const Report = Strict({
  insurer: Id,
  wanted: OneOf(['filed', 'withdrawn']),
  state: Type.Optional(OneOf(FILING_STATES)),
  number: Type.Optional(Type.String({ description: '备案流水号 / the insurer’s number' })),
  listed: Type.Optional(Type.Boolean({ description: '医保清单(5304)中是否有 / whether its list shows it' })),
  problem: Type.Optional(
    Type.String({ description: '错误码,见 docs/errors.md / a code of the error table' }),
  ),
  filingId: Type.Optional(Id),
});

export const ReferralSummary = Strict({
  ...Summary,
  department: Department,
  patient: Strict({
    name: Type.String(),
    documentType: OneOf(DOCUMENT_TYPES),
    documentNumber: Type.String(),
  }),
});

/** What waits here for its internal review; the other side knows nothing of it. */
const ReviewOf = Strict({
  ...ReviewShown,
  of: OneOf(['send', ...ACTS], { description: 'send 转出,其余为答复 / the referral itself, or an answer' }),
  act: Type.Optional(ReferralAct),
  outcome: Type.Optional(Outcome),
});

export const Referral = Strict(
  {
    ...Summary,
    actions: Type.Array(OneOf(ACTS), { description: '本机构现在可以做的动作 / what this side may do now' }),
    department: Department,
    patient: Patient,
    form: ReferralForm,
    consent: Consent,
    appointment: Type.Optional(Appointment),
    outcome: Type.Optional(Outcome),
    reason: Type.Optional(Reason),
    reports: Type.Optional(
      Type.Array(Report, { description: '向医保备案的情况 / what insurers were told of it' }),
    ),
    claim: Type.Optional(Claim),
    review: Type.Optional(ReviewOf),
    contacts: Type.Optional(
      Type.Array(Told, { description: '绿色通道告知了谁、谁已看到 / who was told, and who has seen it' }),
    ),
    amendUntil: Type.Optional(Timestamp),
    links: Type.Array(
      Strict({
        id: Id,
        role: OneOf(['initiator', 'recipient']),
        peer: Organisation,
        state: OneOf(STATE_NAMES),
        relation: OneOf(['onward-of', 'onward-by', 'return-of', 'return-by', 'same-case']),
      }),
      { description: '同一病例的其他转诊 / the other referrals of the case here, by correlationId' },
    ),
    undelivered: Type.Optional(
      Type.Boolean({ description: '有消息未能送达,见 /v1/deliveries?state=dead / a message was given up' }),
    ),
    nonDelivery: Type.Optional(
      Type.Array(
        Strict({
          event: Type.String({ description: '经过中的哪一项 / which entry of its history' }),
          type: Type.String({ description: '该项的动作 / what was done' }),
          deliveryId: Id,
          code: Type.String({ description: '见 docs/errors.md / see docs/errors.md' }),
          hop: OneOf(['SEND_', 'PROXY_', 'REC_']),
          at: Timestamp,
        }),
        {
          description:
            '未送达报告:哪条消息、在哪一段、为什么;重新投递见 /v1/deliveries / which message, where and why',
        },
      ),
    ),
  },
  { description: '转诊 / one patient sent up, down or across' },
);

export const ReferralPage = Strict({
  items: Type.Array(ReferralSummary),
  next: Type.Optional(Type.String()),
});

export const ReferralQuery = Strict({
  ...PageQuery,
  role: Type.Optional(OneOf(['initiator', 'recipient'])),
  correlationId: Type.Optional(Id),
  overdue: Type.Optional(
    Type.Literal('true', {
      description: '已超时的,含未补的知情同意 / past their time, or a consent owed past its',
    }),
  ),
  review: Type.Optional(OneOf(REVIEW_STATES, { description: '待审核或退回修改的 / under review' })),
  state: Type.Optional(
    OneOf([...STATE_NAMES, 'open'], { description: 'open: 所有未闭环的 / all that are not closed' }),
  ),
});

export const HistoryEntry = Strict({
  id: Id,
  at: Timestamp,
  recordedAt: Timestamp,
  who: OneOf(['initiator', 'recipient']),
  type: Type.String(),
  from: OneOf(STATE_NAMES),
  to: OneOf(STATE_NAMES),
  transition: Type.Optional(Type.String({ description: 'BSeR TID, Y… 为本网关扩展' })),
  outcome: OneOf(['pending', 'applied', 'ignored'], {
    description:
      'pending 对方尚未确认处理;ignored 轮到它时已不适用 / ignored: no longer applied when its turn came',
  }),
  messageId: Type.Optional(Id),
  delivery: Type.Optional(OneOf(['queued', 'delivered', 'dead'])),
  text: Type.Optional(Type.String()),
  reason: Type.Optional(Reason),
  appointment: Type.Optional(Appointment),
  result: Type.Optional(Outcome),
  /** Who did it, where it is an entry of the review. */
  by: Type.Optional(Claimant),
  /** Of the review: what it was about. */
  of: Type.Optional(Type.String()),
  form: Type.Optional(ReferralForm),
  consent: Type.Optional(Consent),
});

export const History = Strict({ items: Type.Array(HistoryEntry), next: Type.Optional(Type.String()) });

/** The body of a referral.request message: the referral itself, the initiator's first event. */
export const RequestMessage = Strict({
  version: Type.Literal(1),
  caseId: Id,
  seq: Type.Literal(1),
  at: Timestamp,
  direction: DirectionSchema,
  ...Content,
  patient: Patient,
  channel: Type.Optional(Channel),
  retro: Type.Optional(Retro),
  notify: Type.Optional(Notify),
  /** 回转: the case of the receiver that this one answers. */
  returnOf: Type.Optional(Id),
});

/** The body of a referral.event message: one event of either side. See convergence.ts for seq and seen. */
export const EventMessage = Strict({
  version: Type.Literal(1),
  caseId: Id,
  by: OneOf(['initiator', 'recipient']),
  seq: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  seen: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  at: Timestamp,
  event: Strict(Acted),
});

export type CreateReferral = Static<typeof CreateReferral>;
export type ReferralAct = Static<typeof ReferralAct>;
export type Referral = Static<typeof Referral>;
export type ReferralSummary = Static<typeof ReferralSummary>;
export type HistoryEntry = Static<typeof HistoryEntry>;
export type RequestMessage = Static<typeof RequestMessage>;
export type EventMessage = Static<typeof EventMessage>;
