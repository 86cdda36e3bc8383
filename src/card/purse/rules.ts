import type { PurseKind } from '../../../schemas/purse.ts';
import type { Fen } from '../../money.ts';
import { type LogRecord, PURSE_TYPE } from './commands.ts';

/** What was written down before DEBIT or CREDIT was sent. */
export interface Sent {
  readonly kind: PurseKind;
  /** The card's number for it, as INITIALIZE told. */
  readonly sequence: number;
  readonly balanceBeforeFen: Fen;
  readonly amountFen: Fen;
  readonly terminal: Buffer;
  readonly stamp: string;
}

/** What the same card says when it is laid down again. */
export interface Evidence {
  /** The number its next transaction of this kind will have; nothing where it does not tell. */
  readonly sequence: number | undefined;
  readonly balanceFen: Fen;
  /** Newest first. */
  readonly log: readonly LogRecord[] | 'unreadable';
}

export type Judgement = 'found-executed' | 'found-not-executed' | 'undecidable';

/**
 * Whether a transaction whose answer was lost took effect.
 *
 * A card raises its number with the balance, in one step, when it executes. So an unchanged number proves that it did
 * not. A raised one proves only that something was executed: it may have been another terminal's, and then the log
 * tells by the terminal, the time and the amount whose it was. What neither tells is left to a person.
 */
export function judge(sent: Sent, seen: Evidence): Judgement {
  const log = seen.log === 'unreadable' ? [] : seen.log;
  const own = log.filter(({ type }) => type === PURSE_TYPE[sent.kind]);
  const found = own.some((record) => isOurs(record, sent));
  if (seen.sequence === undefined) return found ? 'found-executed' : 'undecidable';
  const raisedBy = (seen.sequence - sent.sequence) & 0xffff;
  if (raisedBy === 0) return found || !fits(sent, seen) ? 'undecidable' : 'found-not-executed';
  if (found) return 'found-executed';
  return takenByAnother(own, sent, seen.sequence) ? 'found-not-executed' : 'undecidable';
}

function isOurs(record: LogRecord, sent: Sent): boolean {
  return (
    record.terminal.equals(sent.terminal) &&
    record.stamp === sent.stamp &&
    record.amountFen === sent.amountFen
  );
}

/** With the number unchanged, only transactions of the other kind can have moved the balance, and only one way. */
function fits({ kind, balanceBeforeFen }: Sent, { balanceFen }: Evidence): boolean {
  return kind === 'purchase' ? balanceFen >= balanceBeforeFen : balanceFen <= balanceBeforeFen;
}

/**
 * Whether the log shows another terminal under our number. Cards log the number as it was before the transaction or
 * as it is after it: the newest record, beside the card's present number, tells which.
 */
function takenByAnother(own: readonly LogRecord[], sent: Sent, present: number): boolean {
  const [newest] = own;
  const ahead = newest && (present - newest.sequence) & 0xffff;
  if (ahead === undefined || ahead > 1) return false;
  const ours = (sent.sequence + 1 - ahead) & 0xffff;
  const record = own.find(({ sequence }) => sequence === ours);
  return record !== undefined && !record.terminal.equals(sent.terminal);
}
