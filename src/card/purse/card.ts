import { Fault } from '../../errors.ts';
import type { Fen } from '../../money.ts';
import { type CardAnswer, COMMAND_TIMEOUT_MS, exchange, SW, selectApplication, swText } from '../apdu.ts';
import type { CardSlot, PinPad } from '../port.ts';
import { findTag } from '../tlv.ts';
import {
  type Beginning,
  type Begun,
  balanceOf,
  credit,
  credited,
  type Debited,
  debit,
  debited,
  endingOf,
  GET_BALANCE,
  getTransactionProve,
  initForLoad,
  initForPurchase,
  type LogRecord,
  loadBegun,
  logRecord,
  proofTac,
  purchaseBegun,
  READ_PUBLIC_DATA,
  readLog,
  refusal,
  serialOf,
} from './commands.ts';

/** A card keeps ten; one that answers for ever must not hold the reader. */
const LOG_RECORDS_MAX = 30;

const POWER_ON_TIMEOUT_MS = 2_000;
const TYPING_TIMEOUT_MS = 60_000;

/** VERIFY, which a load wants (PBOC 2.0 part 1: the holder's PIN). */
const VERIFY = {
  kind: 'verify',
  header: Buffer.from('00200000', 'hex'),
  digitsMin: 4,
  digitsMax: 12,
} as const;

/** How DEBIT or CREDIT ended: with its answer, with a refusal that changed nothing, or nobody knows. */
export type Ending<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly fault: Fault }
  | { readonly kind: 'lost'; readonly cause: Fault };

/** Keys on which a PIN can be typed, for a card that wants one. */
export interface Keys {
  readonly pinPad: PinPad | undefined;
  readonly signal: AbortSignal;
}

/** The purse's application on the card in a slot. Faults: those of the slot. */
export class PurseCard {
  readonly #slot: CardSlot;
  readonly #application: Buffer;
  readonly #logFile: number;
  /** 应用序列号, the last eight bytes: which purse it is. */
  readonly serial: Buffer;

  private constructor(slot: CardSlot, application: Buffer, logFile: number, serial: Buffer) {
    this.#slot = slot;
    this.#application = application;
    this.#logFile = logFile;
    this.serial = serial;
  }

  /** Selects the application of a card that has power. Fault `card.unknown` where the card has none. */
  static async open(slot: CardSlot, application: Buffer, logFile: number): Promise<PurseCard> {
    const fci = await select(slot, application);
    const file = await exchange(slot, READ_PUBLIC_DATA);
    // Some cards give the same data with the selection only (9F0C).
    const data = file.sw === SW.done ? file.data : findTag(fci, 0x9f0c);
    if (!data) throw unknown('no public data of the purse', file.sw);
    return new PurseCard(slot, application, logFile, Buffer.from(serialOf(data)));
  }

  /** Powers the card up anew, which ends whatever it was at. Fault `card.removed` where it is gone. */
  async again(): Promise<PurseCard> {
    if (!(await this.#slot.powerOn(POWER_ON_TIMEOUT_MS))) throw new Fault('card.removed');
    return PurseCard.open(this.#slot, this.#application, this.#logFile);
  }

  async balance(): Promise<Fen> {
    return balanceOf(await this.#done(GET_BALANCE, 'GET BALANCE'));
  }

  /** The card's own log, newest first. */
  async log(): Promise<LogRecord[] | 'unreadable'> {
    const records: LogRecord[] = [];
    for (let number = 1; number <= LOG_RECORDS_MAX; number++) {
      const answer = await exchange(this.#slot, readLog(this.#logFile, number));
      if (answer.sw === SW.recordNotFound) break;
      if (answer.sw !== SW.done) return 'unreadable';
      const record = logRecord(answer.data);
      if (record) records.push(record);
    }
    return records;
  }

  /** Faults: `purse.balance`, `purse.refused`. */
  async beginPurchase(beginning: Beginning): Promise<Begun> {
    return purchaseBegun(await this.#done(initForPurchase(beginning), 'INITIALIZE FOR PURCHASE'));
  }

  /** Has the holder type his PIN where the card wants it. Faults: `purse.refused`, `pin.*`. */
  async beginLoad(beginning: Beginning, keys: Keys): Promise<Begun & { readonly mac1: Buffer }> {
    const command = initForLoad(beginning);
    let answer = await exchange(this.#slot, command);
    if (answer.sw === SW.locked) {
      await this.#verifyPin(keys);
      answer = await exchange(this.#slot, command);
    }
    return loadBegun(dataOf(answer, 'INITIALIZE FOR LOAD'));
  }

  debit(terminalSequence: number, stamp: string, mac1: Buffer): Promise<Ending<Debited>> {
    return this.#move(debit(terminalSequence, stamp, mac1), debited, 'DEBIT FOR PURCHASE');
  }

  /** Answers the TAC. */
  credit(stamp: string, mac2: Buffer): Promise<Ending<Buffer>> {
    return this.#move(credit(stamp, mac2), credited, 'CREDIT FOR LOAD');
  }

  /** The TAC of a transaction that was executed, where the card still has it. */
  async tac(type: number, sequence: number): Promise<Buffer | undefined> {
    const answer = await exchange(this.#slot, getTransactionProve(type, sequence));
    return answer.sw === SW.done ? proofTac(answer.data) : undefined;
  }

  /** Never throws a Fault: from here on every failure is an answer that was lost. */
  async #move<T>(command: Buffer, read: (data: Buffer) => T, what: string): Promise<Ending<T>> {
    try {
      const { sw, data } = await exchange(this.#slot, command);
      const ending = endingOf(sw);
      if (ending === 'done') return { kind: 'done', value: read(data) };
      if (ending === 'refused') return { kind: 'refused', fault: refusal(sw, what) };
      return { kind: 'lost', cause: new Fault('purse.torn', { facts: { sw: swText(sw) } }) };
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      return { kind: 'lost', cause };
    }
  }

  async #done(command: Buffer, what: string): Promise<Buffer> {
    return dataOf(await exchange(this.#slot, command), what);
  }

  /** The digits go from the keys to the card; only the status word comes by here. */
  async #verifyPin({ pinPad, signal }: Keys): Promise<void> {
    if (!pinPad) throw new Fault('pin.unsupported');
    const answer = await pinPad.transmit(this.#slot, VERIFY, TYPING_TIMEOUT_MS, signal);
    const sw = answer.length < 2 ? 0 : answer.readUInt16BE(answer.length - 2);
    if (sw === SW.done) return;
    const facts = { sw: swText(sw) };
    if (sw === 0x6983 || sw === 0x63c0) throw new Fault('pin.locked', { facts });
    throw new Fault(sw >> 8 === 0x63 ? 'pin.wrong' : 'card.refused', { facts });
  }
}

async function select(slot: CardSlot, application: Buffer): Promise<Buffer> {
  const { sw, data } = await exchange(slot, selectApplication(application));
  if (sw === SW.done) return data;
  throw unknown('no such purse', sw);
}

function dataOf({ sw, data }: CardAnswer, what: string): Buffer {
  if (sw !== SW.done) throw refusal(sw, what);
  return data;
}

function unknown(detail: string, sw: number): Fault {
  return new Fault('card.unknown', { detail, facts: { sw: swText(sw) } });
}

/** What a PIN typed for a load may take on top. */
export const PIN_LIMIT_MS = TYPING_TIMEOUT_MS + COMMAND_TIMEOUT_MS;
