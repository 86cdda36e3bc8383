import Type, { type Static } from 'typebox';
import { Amount, Id, OneOf, Strict } from './common.ts';

/** What lies on the virtual readers, and the tray of cards and codes. */
export const SandboxOverview = Type.Object({
  hospitalUrl: Type.String({ description: '县医院网关 / the hospital’s gateway' }),
  readers: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      dialect: Type.String(),
      takes: Type.Array(Type.String(), {
        description: '可放的卡和码的种类 / the kinds of cards and codes that can be laid on it',
      }),
      card: Type.Optional(Type.String()),
      traffic: Type.Object({
        exchanges: Type.Integer(),
        bytes: Type.Integer(),
        frames: Type.Array(Type.String(), {
          description: '最初几帧,内容已遮盖 / the first frames, contents masked',
        }),
      }),
    }),
  ),
  cards: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      title: Type.Object({ zh: Type.String(), en: Type.String() }),
    }),
    {
      description:
        '可放的卡和可扫的码;码放在扫码枪 desk-3 上,每秒扫一次 / cards and codes to lay down; a code lies on the scanner, desk-3, and is scanned every second',
    },
  ),
  codes: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.String(),
      title: Type.Object({ zh: Type.String(), en: Type.String() }),
      code: Type.String({ description: '码值,虚构 / the code itself, made up' }),
    }),
    { description: '可供扫码的虚拟码 / made-up codes to scan' },
  ),
});

export type SandboxOverview = Static<typeof SandboxOverview>;

export const LayCard = Strict({ card: Id });

/**
 * What can go wrong on purpose:
 * - `lose-request`: the connection breaks before anything is done
 * - `lose-answer`: it is done, and the connection breaks
 * - `delay`: it is done, and answered `delayMs` later
 * - `act-late`: it is done only after `delayMs`, then answered
 * - `answer-twice`: the whole HTTP answer is sent twice
 * - `swap-answers`: two requests of one transaction that are under way together get each other's answers; one that
 *   finds no other within `delayMs` gets its own
 * - `refuse`: a business refusal, nothing done
 * - `system-error`: it is done, and answered with infcode -1 and a system's excuse
 * - `rubbish`: it is done, and answered with something that isn't JSON
 * - `truncate`: it is done, and the answer breaks off in the middle
 * - `5xx-after`, `5xx-before`: HTTP 502 after or before it is done
 * - `401-before`: the gateway turns the request away
 * - `wrong-msgid`: it is done, and the answer carries somebody else's msgid
 * - `wrong-amounts`: it is done, and the answer's amounts don't add up
 * - `wrong-signature`: it is done, and the answer's signature doesn't hold (mobile pay and prescriptions)
 * - `pay-later`: the patient pays only half a minute after they were asked to (mobile pay)
 */
export const MISBEHAVIOURS = [
  'lose-request',
  'lose-answer',
  'delay',
  'act-late',
  'answer-twice',
  'swap-answers',
  'refuse',
  'system-error',
  'rubbish',
  'truncate',
  '5xx-after',
  '5xx-before',
  '401-before',
  'wrong-msgid',
  'wrong-amounts',
  'wrong-signature',
  'pay-later',
] as const;

const Transaction = Type.String({ pattern: '^[0-9]{4,6}[A-Z]?$', description: 'infno, 如 2207' });

/** What the virtual insurer shall stop doing; everything where nothing is named. */
export const Behave = Strict({
  transaction: Type.Optional(Transaction),
  kind: Type.Optional(OneOf(MISBEHAVIOURS)),
});

/** What is still to go wrong. */
export const Misbehaving = Type.Object({
  items: Type.Array(
    Type.Object({
      transaction: Type.Optional(Type.String({ description: '没有即任何交易 / any where absent' })),
      kind: OneOf(MISBEHAVIOURS),
      times: Type.Integer({ description: '还有几次 / how often it still happens' }),
    }),
  ),
});
export type Misbehaving = Static<typeof Misbehaving>;

/** How the virtual insurer shall treat the next exchanges of one transaction. */
export const Misbehave = Strict({
  transaction: Transaction,
  kind: OneOf(MISBEHAVIOURS),
  times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 1 })),
  delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 120_000 })),
});
export type Misbehave = Static<typeof Misbehave>;

/** The virtual insurer's own book: what it settled, under whose message id, and what became of it. */
export const InsurerLedger = Type.Object({
  items: Type.Array(
    Type.Object({
      number: Type.String({ description: 'setl_id' }),
      messageId: Type.String({ description: 'msgid' }),
      billNumber: Type.String(),
      transaction: Type.String({ description: '2207,或撤销的 2208 / or 2208 for a reversal' }),
      total: Amount,
      fund: Amount,
      state: OneOf(['live', 'reversed', 'undone', 'reversal']),
    }),
  ),
});
