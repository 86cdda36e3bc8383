import type { PurseTransaction as View } from '../../../schemas/purse.ts';
import { timestampOf } from '../../clock.ts';
import type { ErrorCode } from '../../errors.ts';
import { type Fen, yuanOf } from '../../money.ts';
import type { CardTables } from '../tables.ts';
import type { Sent } from './rules.ts';

export type PurseRow = CardTables['purse_transactions'];

/** What is kept sealed of a transaction. Bytes are hex. */
export interface PurseContent {
  readonly serial: string;
  readonly keyIndex: number;
  /** What INITIALIZE and the PSAM told; there once DEBIT or CREDIT may have been sent. */
  readonly sent?: {
    readonly sequence: number;
    readonly balanceBeforeFen: Fen;
    readonly terminal: string;
    /** yyyyMMddHHmmss. */
    readonly stamp: string;
    readonly keyVersion: number;
    readonly algorithm: number;
    readonly terminalSequence?: number;
  };
  readonly tac?: string;
  readonly confirmedBy?: 'psam' | 'card' | 'log' | 'person';
  readonly cause?: ErrorCode;
  /** A person's grounds for what was decided. */
  readonly note?: string;
}

/** A transaction as it stands on disk. */
export interface Transaction {
  readonly row: PurseRow;
  readonly content: PurseContent;
}

/** What its card is judged against. */
export function sentOf({ row, content }: Transaction): Sent {
  if (!content.sent) throw new Error(`purse transaction ${row.id} was never sent`);
  const { sequence, balanceBeforeFen, terminal, stamp } = content.sent;
  return {
    ...{ kind: row.kind, amountFen: row.amount_fen, sequence, balanceBeforeFen, stamp },
    terminal: Buffer.from(terminal, 'hex'),
  };
}

/** A transaction as the API shows it. */
export function purseView({ row, content }: Transaction): View {
  const { sent, tac, confirmedBy, cause } = content;
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    readerId: row.reader_id,
    amount: yuanOf(row.amount_fen),
    cardSerial: content.serial,
    ...(sent ? sentView(row, sent) : {}),
    ...(tac === undefined ? {} : { tac }),
    ...(confirmedBy === undefined ? {} : { confirmedBy }),
    ...(cause === undefined ? {} : { cause }),
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

function sentView(row: PurseRow, sent: NonNullable<PurseContent['sent']>): Partial<View> {
  const { balanceBeforeFen, sequence, terminal, stamp, keyVersion, algorithm, terminalSequence } = sent;
  const after = balanceAfter(row, balanceBeforeFen);
  return {
    balanceBefore: yuanOf(balanceBeforeFen),
    ...(after === undefined ? {} : { balanceAfter: yuanOf(after) }),
    sequence,
    terminal,
    ...(terminalSequence === undefined ? {} : { terminalSequence }),
    at: stamp,
    keyVersion,
    algorithm,
  };
}

function balanceAfter({ state, amount_fen: amountFen }: PurseRow, beforeFen: Fen): Fen | undefined {
  if (state === 'debited') return beforeFen - amountFen;
  return state === 'credited' ? beforeFen + amountFen : undefined;
}
