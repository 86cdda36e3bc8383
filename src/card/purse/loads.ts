import type { Logger } from 'pino';
import type { PurseMoneyRequest, PurseState } from '../../../schemas/purse.ts';
import type { Caller } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import { Fault } from '../../errors.ts';
import type { Fen } from '../../money.ts';
import { systemTimers, type Timers, within } from '../timers.ts';
import type { Begun } from './commands.ts';
import type { PurseLedger } from './ledger.ts';
import type { Transaction } from './model.ts';
import { configured, PurseModule } from './module.ts';
import type { LoadGranted, LoadHost } from './port.ts';
import type { PurseResolution } from './resolution.ts';
import type { PurseReaders, PurseSession } from './session.ts';

const MAC_BYTES = 4;

/** A host that does not hear within this time is told again later: a desk waits for the answer to its own load. */
const TELLING_LIMIT_MS = 10_000;

export interface PurseLoadParts {
  readonly readers: PurseReaders;
  readonly ledger: PurseLedger;
  readonly resolution: PurseResolution;
  readonly logger: Logger;
  readonly timers?: Timers | undefined;
  /** The issuer's host; nothing can be loaded where it is absent. */
  readonly loadHost?: LoadHost;
}

export interface LoadOrder {
  readonly id: string;
  readonly readerId: string;
  readonly request: PurseMoneyRequest;
  readonly amountFen: Fen;
  readonly caller: Caller;
  readonly cancelled: AbortSignal | undefined;
}

/** The ends of a load that its host must hear of. */
const ENDED: ReadonlySet<PurseState> = new Set(['credited', 'not-credited', 'refused']);

/**
 * Loads of purses: the card asks, its issuer's host grants, the card takes. From the moment the host was asked it is owed
 * an answer, whatever becomes of the card and of this process: that the card has the money, or that it has not.
 */
export class PurseLoads {
  readonly #parts: PurseLoadParts;

  constructor(parts: PurseLoadParts) {
    this.#parts = parts;
  }

  /** Faults: `reader.unsupported` without a host or a terminal number; those of the reader, card, PIN and host. */
  load(order: LoadOrder): Promise<Transaction> {
    const { readerId, request, cancelled } = order;
    const host = this.#parts.loadHost;
    return this.#parts.readers.use(
      readerId,
      request,
      cancelled,
      async (reader, settings) => {
        if (!host) throw new Fault('reader.unsupported', { detail: 'no load host' });
        const terminal = settings.terminal === undefined ? undefined : configured(settings);
        return { host, terminal: terminal ?? (await PurseModule.start(reader, settings)).terminal };
      },
      (session, ready) => this.#loadAt(session, order, ready),
    );
  }

  /** Tells the host of one load, where it has ended and the host is owed it. Never rejects: what fails is tried again. */
  async tellOf(id: string): Promise<void> {
    const { loadHost, ledger } = this.#parts;
    if (!loadHost) return;
    try {
      const load = await ledger.find(id);
      if (load?.row.host_due === 1 && ENDED.has(load.row.state)) await this.#tellOf(loadHost, load);
    } catch (error) {
      this.#notTold(error);
    }
  }

  /** Tells the host of every load that has ended and that it does not know to have ended. What fails is tried again. */
  async tell(): Promise<void> {
    const { loadHost, ledger } = this.#parts;
    if (!loadHost) return;
    try {
      for (const load of await ledger.toTell()) await this.#tellOf(loadHost, load);
    } catch (error) {
      this.#notTold(error);
    }
  }

  async #tellOf(host: LoadHost, { row, content }: Transaction): Promise<void> {
    try {
      const tac = content.tac === undefined ? undefined : Buffer.from(content.tac, 'hex');
      const told = row.state === 'credited' ? host.confirm(row.id, tac) : host.cancel(row.id);
      const late = () => new Fault('purse.host-unreachable', { detail: 'not in time' });
      await within(this.#parts.timers ?? systemTimers, TELLING_LIMIT_MS, told, late);
      await this.#parts.ledger.told(row.id);
    } catch (error) {
      this.#notTold(error);
    }
  }

  #notTold(error: unknown): void {
    this.#parts.logger.warn({ err: maskError(error) }, 'the load host was not told');
  }

  async #loadAt(
    session: PurseSession,
    { id, readerId, amountFen, caller }: LoadOrder,
    { host, terminal }: { readonly host: LoadHost; readonly terminal: Buffer },
  ): Promise<Transaction> {
    const { ledger, resolution } = this.#parts;
    const { card, keys, settings, signal } = session;
    const keyIndex = Number.parseInt(settings.loadKeyIndex ?? settings.keyIndex, 16);
    await resolution.clear(session, caller);
    const prepared = await ledger.begin(
      { ...{ id, kind: 'load', readerId, serial: card.serial }, keyIndex, amountFen },
      caller,
    );
    const begun = await card.beginLoad({ keyIndex, amountFen, terminal }, keys);
    const asked = { id, cardSerial: card.serial, terminal, amountFen, keyIndex, ...begun };
    const { stamp, mac2 } = sound(await host.grant(asked, signal));
    const sent = await ledger.step(prepared, 'send', caller, { sent: sentContent(begun, terminal, stamp) });
    if (!sent) throw new Fault('purse.torn', { detail: 'it was ended meanwhile' });
    const ending = await card.credit(stamp, mac2);
    if (ending.kind === 'refused') {
      await ledger.step(sent, 'refused', caller, { cause: ending.fault.code });
      throw ending.fault;
    }
    if (ending.kind === 'lost') return resolution.atOnce(session, sent, ending.cause, caller);
    const tac = ending.value.toString('hex').toUpperCase();
    return (await ledger.step(sent, 'done', caller, { tac, confirmedBy: 'card' })) ?? ledger.get(id);
  }
}

/** What is written down before DEBIT or CREDIT is sent. */
export function sentContent(
  { sequence, balanceFen, keyVersion, algorithm }: Begun,
  terminal: Buffer,
  stamp: string,
  terminalSequence?: number,
): NonNullable<Transaction['content']['sent']> {
  return {
    ...{ sequence, balanceBeforeFen: balanceFen, keyVersion, algorithm, stamp },
    terminal: terminal.toString('hex').toUpperCase(),
    ...(terminalSequence === undefined ? {} : { terminalSequence }),
  };
}

function sound(granted: LoadGranted): LoadGranted {
  if (/^\d{14}$/.test(granted.stamp) && granted.mac2.length === MAC_BYTES) return granted;
  throw new Fault('purse.host-unreachable', { detail: 'its answer makes no sense' });
}
