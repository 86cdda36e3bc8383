import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import { type Beginning, PURSE_TYPE } from './commands.ts';
import type { PurseLedger } from './ledger.ts';
import { words } from './machine.ts';
import { sentOf, type Transaction } from './model.ts';
import { judge } from './rules.ts';
import type { PurseSession } from './session.ts';

/** Finds out from the card itself what became of a transaction. */
export class PurseResolution {
  readonly #ledger: PurseLedger;

  constructor(ledger: PurseLedger) {
    this.#ledger = ledger;
  }

  /**
   * Ends what the card in the reader has open, before it is debited or credited again. Fault `purse.torn` where that
   * took effect, or nobody can tell: whoever asks for a new transaction may mean the very same payment.
   */
  async clear(session: PurseSession, caller: Caller): Promise<void> {
    const open = await this.#ledger.openOf(session.card.serial);
    if (!open) return;
    const { row } = await this.resolve(session, open, caller);
    if (row.state === words[row.kind].undone) return;
    throw new Fault('purse.torn', { facts: { transactionId: row.id, state: row.state } });
  }

  /** Fault `purse.other-card`; those of the card. A transaction that has ended is answered as it is. */
  async resolve(session: PurseSession, transaction: Transaction, caller: Caller): Promise<Transaction> {
    if (transaction.row.card !== this.#ledger.cardOf(session.card.serial))
      throw new Fault('purse.other-card');
    const torn = await this.strand(transaction, caller);
    return torn.row.state === 'torn' ? this.#judge(session, torn, caller) : torn;
  }

  /**
   * The answer to DEBIT or CREDIT was lost, and the card may lie there still: it is asked at once. The transaction stays
   * torn where it can't be.
   */
  async atOnce(
    session: PurseSession,
    transaction: Transaction,
    cause: Fault,
    caller: Caller,
  ): Promise<Transaction> {
    const torn = await this.#step(transaction, 'lost', caller, { cause: cause.code });
    try {
      return await this.resolve({ ...session, card: await session.card.again() }, torn, caller);
    } catch (error) {
      if (error instanceof Fault && error.kind.place === 'reader') return torn;
      throw error;
    }
  }

  /** A transaction that nobody is at any more: what was not sent is over, what was sent is torn. */
  async strand(transaction: Transaction, caller: Caller): Promise<Transaction> {
    const { kind, state } = transaction.row;
    if (state === 'prepared') return this.#step(transaction, 'abandoned', caller);
    if (state === words[kind].doing) return this.#step(transaction, 'lost', caller, { cause: 'purse.torn' });
    return transaction;
  }

  async #judge(session: PurseSession, torn: Transaction, caller: Caller): Promise<Transaction> {
    const { card } = session;
    const sent = sentOf(torn);
    const [balanceFen, log] = [await card.balance(), await card.log()];
    const sequence = await presentNumber(session, torn);
    const judgement = judge(sent, { balanceFen, log, sequence });
    if (judgement === 'undecidable') return this.#step(torn, judgement, caller, { cause: 'purse.torn' });
    const unknown = judgement === 'found-executed' && torn.content.tac === undefined;
    const tac = unknown ? await card.tac(PURSE_TYPE[sent.kind], sent.sequence) : undefined;
    return this.#step(torn, judgement, caller, {
      confirmedBy: 'log',
      ...(tac ? { tac: tac.toString('hex').toUpperCase() } : {}),
    });
  }

  /** Where somebody else took another step meanwhile, what stands is what they made of it. */
  async #step(...step: Parameters<PurseLedger['step']>): Promise<Transaction> {
    return (await this.#ledger.step(...step)) ?? this.#ledger.get(step[0].row.id);
  }
}

/**
 * The number of the card's next transaction of that kind, from INITIALIZE, which changes nothing. Nothing is asked
 * for, or, by cards that don't take that for an amount, a fen.
 */
async function presentNumber(
  { card, keys }: PurseSession,
  { row, content }: Transaction,
): Promise<number | undefined> {
  const terminal = Buffer.from(content.sent?.terminal ?? '', 'hex');
  const begin = (beginning: Beginning) =>
    row.kind === 'purchase' ? card.beginPurchase(beginning) : card.beginLoad(beginning, keys);
  for (const amountFen of [0, 1]) {
    try {
      return (await begin({ keyIndex: content.keyIndex, amountFen, terminal })).sequence;
    } catch (error) {
      if (!(error instanceof Fault) || !TELLS_NOTHING.has(error.code)) throw error;
    }
  }
  return undefined;
}

const TELLS_NOTHING: ReadonlySet<string> = new Set(['purse.balance', 'purse.refused', 'pin.unsupported']);
