import type { Logger } from 'pino';
import type {
  PurseBalance,
  PurseCardRequest,
  PurseMoneyRequest,
  PurseResolveRequest,
  PurseReviewRequest,
  PurseTransactionList,
  PurseTransactionQuery,
  PurseTransaction as View,
} from '../../../schemas/purse.ts';
import { type Caller, GATEWAY } from '../../access/caller.ts';
import { chinaDigits } from '../../clock.ts';
import { type ErrorCode, Fault } from '../../errors.ts';
import { type Fen, fenOf, yuanOf } from '../../money.ts';
import { type LogRecord, PURSE_FEN_MAX } from './commands.ts';
import { PurseLedger, type PurseLedgerParts } from './ledger.ts';
import { PurseLoads, sentContent } from './loads.ts';
import { nextState, words } from './machine.ts';
import { purseView, type Transaction } from './model.ts';
import { PurseModule } from './module.ts';
import type { LoadHost, Purse } from './port.ts';
import { PurseResolution } from './resolution.ts';
import { type PurseReaderParts, PurseReaders, type PurseSession } from './session.ts';

export interface PurseServiceParts extends PurseLedgerParts, PurseReaderParts {
  readonly logger: Logger;
  readonly loadHost?: LoadHost | undefined;
}

interface Order {
  readonly id: string;
  readonly readerId: string;
  readonly amountFen: Fen;
  readonly caller: Caller;
}

/** What says that card, PSAM or host refused, and not that something came between. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['purse.balance', 'purse.refused']);

/**
 * The electronic purse (PBOC): balance, purchase by the terminal's PSAM, load by the issuer's host, and what became of
 * a transaction whose answer was lost. What moves money is written down before it is sent, and nothing is sent twice.
 */
export class PurseService implements Purse {
  readonly #parts: PurseServiceParts;
  readonly #readers: PurseReaders;
  readonly #ledger: PurseLedger;
  readonly #resolution: PurseResolution;
  readonly #loads: PurseLoads;
  readonly #running = new Set<string>();

  constructor(parts: PurseServiceParts) {
    this.#parts = parts;
    this.#readers = new PurseReaders(parts);
    this.#ledger = new PurseLedger(parts);
    this.#resolution = new PurseResolution(this.#ledger);
    const { logger, loadHost, timers } = parts;
    const [readers, ledger, resolution] = [this.#readers, this.#ledger, this.#resolution];
    this.#loads = new PurseLoads({
      readers,
      ledger,
      resolution,
      logger,
      timers,
      ...(loadHost ? { loadHost } : {}),
    });
  }

  balance(
    readerId: string,
    request: PurseCardRequest,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<PurseBalance> {
    const nothing = async () => {};
    return this.#readers.use(readerId, request, cancelled, nothing, async ({ card }) => {
      const [balanceFen, log] = [await card.balance(), await card.log()];
      const open = await this.#ledger.openOf(card.serial);
      const subject = this.#ledger.cardOf(card.serial);
      await this.#parts.audit.look({ ...caller, act: 'read-balance', kind: 'purse', subject });
      return {
        balance: yuanOf(balanceFen),
        cardSerial: card.serial.toString('hex').toUpperCase(),
        ...(log === 'unreadable' ? {} : { log: log.map(logEntry) }),
        ...(open ? { unresolved: open.row.id } : {}),
      };
    });
  }

  async purchase(
    id: string,
    readerId: string,
    request: PurseMoneyRequest,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<View> {
    const order = { id, readerId, amountFen: amountOf(request), caller };
    return this.#once(order, () =>
      this.#readers.use(readerId, request, cancelled, PurseModule.start, (session, module) =>
        this.#purchaseAt(session, module, order),
      ),
    );
  }

  /** Puts the amount on the card on a reader, as its issuer's host grants it. As `purchase`, and `PurseLoads.load`. */
  async load(
    id: string,
    readerId: string,
    request: PurseMoneyRequest,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<View> {
    const order = { id, readerId, request, amountFen: amountOf(request), caller, cancelled };
    try {
      return await this.#once(order, () => this.#loads.load(order));
    } finally {
      await this.#loads.tellOf(id);
    }
  }

  async resolve(
    readerId: string,
    request: PurseResolveRequest,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<View> {
    const { row } = await this.#ledger.get(request.transactionId);
    if (row.open === 0) return this.get(row.id, caller);
    const nothing = async () => {};
    const ended = await this.#readers.use(readerId, request, cancelled, nothing, async (session) =>
      this.#resolution.resolve(session, await this.#ledger.get(row.id), caller),
    );
    await this.#loads.tellOf(row.id);
    return purseView(ended);
  }

  /** Records what a person found. Faults: `purse.not-found`, `purse.state`. */
  async review(id: string, { outcome, note }: PurseReviewRequest, caller: Caller): Promise<View> {
    const transaction = await this.#ledger.get(id);
    const event = `review-${outcome}` as const;
    const { kind, state } = transaction.row;
    if (!nextState(kind, state, event)) throw new Fault('purse.state', { facts: { state } });
    const ended = await this.#ledger.step(transaction, event, caller, { confirmedBy: 'person', note });
    if (!ended) throw new Fault('purse.state');
    await this.#loads.tellOf(id);
    return purseView(ended);
  }

  async get(id: string, caller: Caller): Promise<View> {
    const transaction = await this.#ledger.get(id);
    await this.#parts.audit.look({ ...caller, act: 'read', kind: 'purse', subject: id });
    return purseView(transaction);
  }

  async list(query: PurseTransactionQuery, caller: Caller): Promise<PurseTransactionList> {
    const { items, ...more } = await this.#ledger.list(query);
    const detail = { count: items.length };
    await this.#parts.audit.look({ ...caller, act: 'list', kind: 'purse', subject: 'list', detail });
    return { items: items.map(purseView), ...more };
  }

  /** At the start: ends what the last run of this gateway left in the middle, by what is certain about it. */
  async recover(): Promise<void> {
    const caller = { client: GATEWAY, requestId: 'start' };
    for (const transaction of await this.#ledger.unfinished()) {
      await this.#resolution.strand(transaction, caller);
    }
  }

  /** Tells the load host what it does not know yet; called by the housekeeper. */
  tellHost(): Promise<void> {
    return this.#loads.tell();
  }

  async #purchaseAt(session: PurseSession, module: PurseModule, order: Order): Promise<Transaction> {
    const { card, settings, signal } = session;
    const { id, readerId, amountFen, caller } = order;
    const keyIndex = Number.parseInt(settings.keyIndex, 16);
    await this.#resolution.clear(session, caller);
    const prepared = await this.#ledger.begin(
      { ...{ id, kind: 'purchase', readerId, serial: card.serial }, keyIndex, amountFen },
      caller,
    );
    const begun = await card.beginPurchase({ keyIndex, amountFen, terminal: module.terminal });
    const stamp = chinaDigits(this.#parts.clock.now()).slice(0, 14);
    const factors = (settings.factors ?? []).map((factor) => Buffer.from(factor, 'hex'));
    const { terminalSequence, mac1 } = await module.begin({
      ...{ begun, amountFen, stamp, serial: card.serial, factors },
    });
    if (signal.aborted) throw new Fault('card.none', { detail: 'nobody waits for the purchase any more' });
    const sent = await this.#ledger.step(prepared, 'send', caller, {
      sent: sentContent(begun, module.terminal, stamp, terminalSequence),
    });
    // Ended meanwhile by somebody who found the card elsewhere, or because this took too long: then nothing is sent.
    if (!sent) throw new Fault('purse.torn', { detail: 'it was ended meanwhile' });
    return this.#debit(session, module, sent, mac1, caller);
  }

  async #debit(
    session: PurseSession,
    module: PurseModule,
    sent: Transaction,
    mac1: Buffer,
    caller: Caller,
  ): Promise<Transaction> {
    const { id } = sent.row;
    const { terminalSequence = 0, stamp = '' } = sent.content.sent ?? {};
    const ending = await session.card.debit(terminalSequence, stamp, mac1);
    if (ending.kind === 'refused') {
      await this.#ledger.step(sent, 'refused', caller, { cause: ending.fault.code });
      throw ending.fault;
    }
    if (ending.kind === 'lost') return this.#resolution.atOnce(session, sent, ending.cause, caller);
    // The TAC is what the issuer pays for: it is on disk before anything else can go wrong.
    const tac = ending.value.tac.toString('hex').toUpperCase();
    const answered = await this.#ledger.note(sent, { tac });
    if (!answered) return this.#ledger.get(id);
    const verdict = await module.check(ending.value.mac2);
    if (typeof verdict === 'object') {
      return this.#resolution.atOnce(session, answered, verdict.unsure, caller);
    }
    const ended =
      verdict === 'right'
        ? this.#ledger.step(answered, 'done', caller, { confirmedBy: 'psam' })
        : this.#ledger.step(answered, 'distrusted', caller, { cause: 'card.authentication' });
    return (await ended) ?? this.#ledger.get(id);
  }

  /** Runs a transaction under an id that nothing was done under yet. */
  async #once({ id, caller }: Order, work: () => Promise<Transaction>): Promise<View> {
    if (this.#running.has(id)) throw new Fault('request.running', { retryAfterS: 1 });
    this.#running.add(id);
    try {
      const known = await this.#ledger.find(id);
      if (known) return purseView(await this.#resolution.strand(known, caller));
      return purseView(await work().catch((error: unknown) => this.#broken(id, error, caller)));
    } finally {
      this.#running.delete(id);
    }
  }

  /** What stands of a transaction that failed with a fault: where anything may have been sent, its state is the answer. */
  async #broken(id: string, error: unknown, caller: Caller): Promise<Transaction> {
    const found = await this.#ledger.find(id);
    if (!found) throw error;
    const { kind, state } = found.row;
    const cause = error instanceof Fault ? error.code : 'gateway.fault';
    if (state === 'prepared') {
      const event = REFUSALS.has(cause) ? 'refused' : 'abandoned';
      if (await this.#ledger.step(found, event, caller, { cause })) throw error;
      // It was sent at this moment, by work that nobody waits for any more: what stands now is the answer.
      return this.#broken(id, error, caller);
    }
    if (state === 'refused' || state === words[kind].undone) throw error;
    const stranded = await this.#resolution.strand(found, caller);
    if (!(error instanceof Fault)) throw error;
    return stranded;
  }
}

/** The schema has seen that it is an amount, and not too large a one; other callers may not have asked it. */
function amountOf({ amount }: PurseMoneyRequest): Fen {
  const fen = fenOf(amount);
  if (fen.ok && fen.value > 0 && fen.value <= PURSE_FEN_MAX) return fen.value;
  throw new Fault('request.invalid', { pointer: '/body/amount' });
}

function logEntry({
  sequence,
  amountFen,
  type,
  terminal,
  stamp,
}: LogRecord): NonNullable<PurseBalance['log']>[0] {
  return {
    ...{ sequence, amount: yuanOf(amountFen), at: stamp },
    type: type.toString(16).toUpperCase().padStart(2, '0'),
    terminal: terminal.toString('hex').toUpperCase(),
  };
}
