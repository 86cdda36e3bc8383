import { systemTimers, type Timers } from '../clock.ts';
import { Fault } from '../errors.ts';
import { type CardProfile, loadProfiles, virtualCardOf, virtualResidentIdOf } from './cards/cards.ts';
import { VirtualPursePsam } from './cards/purse-psam.ts';
import { VIRTUAL_CODES, type VirtualCode } from './codes/tray.ts';
import type { VirtualCard } from './port.ts';
import { startVirtualReader } from './readers/server.ts';
import { Traffic } from './traffic.ts';

/** The purse of the tray's card, and the terminal for its loads. */
const PURSE = { application: 'D1560000050A', psamSlot: 1, keyIndex: '01', terminal: '001122334455' };

/** A scanner in presentation mode reads a code that stays before it again and again, about so often. */
const SCAN_AGAIN_AFTER_MS = 1_000;

/** What the tray holds. */
type Presentable = CardProfile | VirtualCode;

interface DeskReader {
  readonly id: string;
  readonly name: string;
  readonly dialect: 'ccid-serial' | 'sam-v' | 'line-scanner';
  readonly port: number;
  readonly traffic: Traffic;
  /** What can be laid on it. */
  readonly takes: readonly Presentable['kind'][];
  /** Begins its traffic anew. Fault `reader.unsupported` for what this reader can't take. */
  lay(card: Presentable): void;
  remove(): void;
  close(): Promise<void>;
}

/**
 * The virtual desk: a chip-card reader, a resident-ID module and a code scanner on TCP ports of this machine, and the
 * tray of cards and codes that can be laid on them.
 *
 * A code on the scanner is scanned at once and then every second while it lies there, as by a scanner that a phone is
 * held before: a scan counts for two seconds only, so a reading that starts to wait later gets the next one. Repeats
 * that nobody waits for are dropped by the gateway. A code that was taken away, or gave way to another, may still be
 * given to a reading that asks within these two seconds.
 */
export class VirtualDesk {
  readonly #readers: ReadonlyMap<string, DeskReader>;
  readonly #tray: ReadonlyMap<string, Presentable> = new Map<string, Presentable>([
    ...loadProfiles(),
    ...VIRTUAL_CODES.map((code) => [code.id, code] as const),
  ]);
  /** What lies on each reader, by the reader's id. */
  readonly #cards = new Map<string, string>();

  private constructor(readers: readonly DeskReader[]) {
    this.#readers = new Map(readers.map((reader) => [reader.id, reader]));
  }

  /** Starts all readers, with a card on each of the two that take cards. */
  static async start(timers: Timers = systemTimers): Promise<VirtualDesk> {
    const readers = [chipReader(), residentIdReader(), scanner(timers)];
    const desk = new VirtualDesk(await Promise.all(readers));
    desk.lay('desk-1', 'social-security-v2');
    desk.lay('desk-2', 'resident-id');
    return desk;
  }

  /** The readers as the gateway's configuration lists them. */
  configuration(): object[] {
    return [...this.#readers.values()].map(({ id, name, dialect, port }) => ({
      id,
      name,
      dialect,
      transport: { kind: 'tcp', host: '127.0.0.1', port },
      ...(dialect === 'ccid-serial' ? { purse: PURSE } : {}),
    }));
  }

  /** What lies where, what passed over the lines, and which cards and codes there are. */
  overview() {
    return {
      readers: [...this.#readers.values()].map(({ id, name, dialect, takes, traffic }) => {
        const card = this.#cards.get(id);
        const lying = card === undefined ? {} : { card };
        return { id, name, dialect, takes: [...takes], ...lying, traffic: traffic.summary() };
      }),
      cards: [...this.#tray.values()].map(({ id, kind, title }) => ({ id, kind, title })),
    };
  }

  /** Lays a card or code of the tray on a reader. Faults `reader.not-found`, `sandbox.unknown-card`, `reader.unsupported`. */
  lay(readerId: string, cardId: string): void {
    const reader = this.#reader(readerId);
    const card = this.#tray.get(cardId);
    if (!card) throw new Fault('sandbox.unknown-card');
    reader.lay(card);
    this.#cards.set(readerId, cardId);
  }

  /** Takes the card away. Fault `reader.not-found`. */
  remove(readerId: string): void {
    this.#reader(readerId).remove();
    this.#cards.delete(readerId);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers.values()].map((reader) => reader.close()));
  }

  #reader(id: string): DeskReader {
    const reader = this.#readers.get(id);
    if (!reader) throw new Fault('reader.not-found');
    return reader;
  }
}

const ADDRESS = { host: '127.0.0.1', port: 0 };

async function chipReader(): Promise<DeskReader> {
  const dialect = 'ccid-serial';
  const traffic = new Traffic(dialect);
  const onExchange = traffic.add.bind(traffic);
  const sam = new VirtualPursePsam({ terminal: PURSE.terminal });
  const server = await startVirtualReader({ dialect, ...ADDRESS, onExchange, sam });
  // The same card comes back as it was left: a purse remembers what was paid from it.
  const cards = new Map<string, VirtualCard>();
  const lay = (presented: Presentable) => {
    if (presented.kind !== 'social-security-card' && presented.kind !== 'health-card') {
      throw new Fault('reader.unsupported');
    }
    const card = cards.get(presented.id) ?? virtualCardOf(presented);
    cards.set(presented.id, card);
    traffic.clear();
    server.insert(card);
  };
  const name = '虚拟芯片卡读卡器 / virtual chip-card reader';
  const takes = ['social-security-card', 'health-card'] as const;
  return { id: 'desk-1', name, dialect, takes, traffic, lay, ...handles(server) };
}

async function residentIdReader(): Promise<DeskReader> {
  const dialect = 'sam-v';
  const traffic = new Traffic(dialect);
  const onExchange = traffic.add.bind(traffic);
  const server = await startVirtualReader({ dialect, ...ADDRESS, onExchange });
  const lay = (profile: Presentable) => {
    if (profile.kind !== 'resident-id-card') throw new Fault('reader.unsupported');
    traffic.clear();
    server.insert(virtualResidentIdOf(profile));
  };
  const name = '虚拟身份证读卡器 / virtual resident-ID reader';
  const takes = ['resident-id-card'] as const;
  return { id: 'desk-2', name, dialect, takes, traffic, lay, ...handles(server) };
}

async function scanner(timers: Timers): Promise<DeskReader> {
  const dialect = 'line-scanner';
  const traffic = new Traffic(dialect);
  const server = await startVirtualReader({ dialect, ...ADDRESS });
  let stop = () => {};
  const scan = (code: string) => {
    traffic.hear(Buffer.from(code));
    server.insert(code);
    stop = timers.start(SCAN_AGAIN_AFTER_MS, () => scan(code));
  };
  const lay = (code: Presentable) => {
    if (!('code' in code)) throw new Fault('reader.unsupported');
    stop();
    traffic.clear();
    scan(code.code);
  };
  const remove = () => stop();
  const close = () => {
    stop();
    return server.close();
  };
  const name = '虚拟扫码枪 / virtual code scanner';
  const takes = ['insurance-code', 'health-code'] as const;
  return { id: 'desk-3', name, dialect, takes, traffic, lay, remove, port: server.port, close };
}

function handles({ port, remove, close }: Pick<DeskReader, 'port' | 'remove' | 'close'>) {
  return { port, remove, close };
}
