import type { PurseKind, PurseTransactionQuery } from '../../../schemas/purse.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Events } from '../../events/events.ts';
import { pageOf } from '../../http/page.ts';
import type { Fen } from '../../money.ts';
import { ConstraintError, type Store } from '../../store/port.ts';
import { isOpen, nextState, type PurseEvent } from './machine.ts';
import type { PurseContent, PurseRow, Transaction } from './model.ts';
import {
  addPurseTransaction,
  loadsToTell,
  loadTold,
  movePurseTransaction,
  openPurseTransaction,
  purseTransactionById,
  unfinishedPurseTransactions,
} from './queries.ts';

const PAGE_DEFAULT = 50;
const TELLING_MAX = 100;

export interface PurseLedgerParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly gatewayId: string;
}

export interface NewTransaction {
  readonly id: string;
  readonly kind: PurseKind;
  readonly readerId: string;
  readonly serial: Buffer;
  readonly keyIndex: number;
  readonly amountFen: Fen;
}

/** The transactions of purses on disk. Every step is one commit with its audit row, and told as an event after it. */
export class PurseLedger {
  readonly #parts: PurseLedgerParts;

  constructor(parts: PurseLedgerParts) {
    this.#parts = parts;
  }

  /** By what a card is known again. */
  cardOf(serial: Buffer): string {
    return this.#parts.vault.fingerprint('purse', serial.toString('hex'));
  }

  /** Fault `purse.torn` where another gateway began one with the same card at this moment. */
  async begin(fresh: NewTransaction, caller: Caller): Promise<Transaction> {
    const { id, kind, readerId, serial, keyIndex, amountFen } = fresh;
    const now = this.#parts.clock.now();
    const content: PurseContent = { serial: serial.toString('hex').toUpperCase(), keyIndex };
    const row: PurseRow = {
      ...{ id, kind, state: 'prepared', client: caller.client, gateway: this.#parts.gatewayId },
      ...{ reader_id: readerId, card: this.cardOf(serial), open: 1, amount_fen: amountFen },
      ...{ host_due: kind === 'load' ? 1 : 0, created_at: now, updated_at: now },
      content: this.#seal(id, content),
    };
    try {
      await this.#parts.store.write(async (unit) => {
        await unit.run(addPurseTransaction, row);
        await this.#parts.audit.add(unit, { ...caller, act: 'create', kind: 'purse', subject: id });
      });
    } catch (error) {
      if (error instanceof ConstraintError) throw new Fault('purse.torn');
      throw error;
    }
    this.#tell(row);
    return { row, content };
  }

  /**
   * Takes a step of the machine; nothing where somebody else took another meanwhile. A step that the machine does not
   * have is a bug and throws.
   */
  async step(
    { row, content }: Transaction,
    event: PurseEvent,
    caller: Caller,
    change: Partial<PurseContent> = {},
  ): Promise<Transaction | undefined> {
    const to = nextState(row.kind, row.state, event);
    if (!to) throw new Error(`a purse transaction that is ${row.state} can't take ${event}`);
    return this.#move(
      row,
      { ...row, state: to, open: isOpen(to) ? 1 : 0 },
      { ...content, ...change },
      (unit) =>
        this.#parts.audit.add(unit, {
          ...{ ...caller, act: event, kind: 'purse', subject: row.id },
          detail: { state: to },
        }),
    );
  }

  /** Keeps what became known while the state stays as it is; nothing where somebody else moved it meanwhile. */
  note({ row, content }: Transaction, change: Partial<PurseContent>): Promise<Transaction | undefined> {
    return this.#move(row, row, { ...content, ...change });
  }

  async find(id: string): Promise<Transaction | undefined> {
    return this.#opened(await this.#parts.store.one(purseTransactionById, { id }));
  }

  /** Fault `purse.not-found`. */
  async get(id: string): Promise<Transaction> {
    const found = await this.find(id);
    if (!found) throw new Fault('purse.not-found');
    return found;
  }

  async openOf(serial: Buffer): Promise<Transaction | undefined> {
    return this.#opened(await this.#parts.store.one(openPurseTransaction, { card: this.cardOf(serial) }));
  }

  async unfinished(): Promise<Transaction[]> {
    const rows = await this.#parts.store.all(unfinishedPurseTransactions, { gateway: this.#parts.gatewayId });
    return rows.map((row) => this.#open(row));
  }

  async toTell(): Promise<Transaction[]> {
    const args = { gateway: this.#parts.gatewayId, limit: TELLING_MAX };
    return (await this.#parts.store.all(loadsToTell, args)).map((row) => this.#open(row));
  }

  async told(id: string): Promise<void> {
    await this.#parts.store.write((unit) => unit.run(loadTold, { id }));
  }

  /** Newest first; `next` is the cursor of the page after this one. */
  async list({ limit = PAGE_DEFAULT, after, state }: PurseTransactionQuery): Promise<{
    items: Transaction[];
    next?: string;
  }> {
    const rows = await this.#parts.store.list<PurseRow>((db) => {
      let select = db.selectFrom('purse_transactions').selectAll();
      if (state !== undefined) select = select.where('state', '=', state);
      if (after !== undefined) select = select.where('id', '<', after);
      return select.orderBy('id', 'desc').limit(limit + 1);
    });
    const { items, ...more } = pageOf(rows, limit);
    return { items: items.map((row) => this.#open(row)), ...more };
  }

  async #move(
    before: PurseRow,
    after: PurseRow,
    content: PurseContent,
    audit?: (unit: Parameters<Parameters<Store['write']>[0]>[0]) => Promise<void>,
  ): Promise<Transaction | undefined> {
    const row = { ...after, updated_at: this.#parts.clock.now(), content: this.#seal(after.id, content) };
    const moved = await this.#parts.store.write(async (unit) => {
      if ((await unit.run(movePurseTransaction, { ...row, from: before.state })) !== 1) return false;
      await audit?.(unit);
      return true;
    });
    if (!moved) return undefined;
    if (row.state !== before.state) this.#tell(row);
    return { row, content };
  }

  #tell({ id, kind, state }: PurseRow): void {
    this.#parts.events.publish('purse.state', id, { kind, state });
  }

  #opened(row: PurseRow | undefined): Transaction | undefined {
    return row && this.#open(row);
  }

  #open(row: PurseRow): Transaction {
    return { row, content: this.#parts.vault.openJson<PurseContent>(purpose(row.id), row.content) };
  }

  #seal(id: string, content: PurseContent): Buffer {
    return this.#parts.vault.sealJson(purpose(id), content);
  }
}

function purpose(id: string): string {
  return `purse ${id}`;
}
