import { Fault } from '../errors.ts';
import { type CardProfile, loadProfiles, virtualCardOf, virtualResidentIdOf } from './cards/cards.ts';
import { startVirtualReader } from './readers/server.ts';
import { Traffic } from './traffic.ts';

interface DeskReader {
  readonly id: string;
  readonly name: string;
  readonly dialect: 'ccid-serial' | 'sam-v';
  readonly port: number;
  readonly traffic: Traffic;
  /** Fault `reader.unsupported` for a card that this reader can't take. */
  lay(profile: CardProfile): void;
  remove(): void;
  close(): Promise<void>;
}

/**
 * The virtual desk: a chip-card reader and a resident-ID module on TCP ports of this machine, and the tray of cards
 * that can be laid on them.
 */
export class VirtualDesk {
  readonly #readers: ReadonlyMap<string, DeskReader>;
  readonly #profiles = loadProfiles();
  /** What lies on each reader, by the reader's id. */
  readonly #cards = new Map<string, string>();

  private constructor(readers: readonly DeskReader[]) {
    this.#readers = new Map(readers.map((reader) => [reader.id, reader]));
  }

  /** Starts both readers, with a card on each. */
  static async start(): Promise<VirtualDesk> {
    const desk = new VirtualDesk(await Promise.all([chipReader(), residentIdReader()]));
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
    }));
  }

  /** What lies where, what passed over the lines, and which cards there are. */
  overview() {
    return {
      readers: [...this.#readers.values()].map(({ id, name, dialect, traffic }) => {
        const card = this.#cards.get(id);
        return { id, name, dialect, ...(card === undefined ? {} : { card }), traffic: traffic.summary() };
      }),
      cards: [...this.#profiles.values()].map(({ id, kind, title }) => ({ id, kind, title })),
    };
  }

  /** Lays a card of the tray on a reader. Faults `reader.not-found`, `sandbox.unknown-card`, `reader.unsupported`. */
  lay(readerId: string, cardId: string): void {
    const reader = this.#reader(readerId);
    const profile = this.#profiles.get(cardId);
    if (!profile) throw new Fault('sandbox.unknown-card');
    reader.lay(profile);
    reader.traffic.clear();
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
  const server = await startVirtualReader({ dialect, ...ADDRESS, onExchange });
  const lay = (profile: CardProfile) => {
    if (profile.kind === 'resident-id-card') throw new Fault('reader.unsupported');
    server.insert(virtualCardOf(profile));
  };
  const name = '虚拟芯片卡读卡器 / virtual chip-card reader';
  return { id: 'desk-1', name, dialect, traffic, lay, ...handles(server) };
}

async function residentIdReader(): Promise<DeskReader> {
  const dialect = 'sam-v';
  const traffic = new Traffic(dialect);
  const onExchange = traffic.add.bind(traffic);
  const server = await startVirtualReader({ dialect, ...ADDRESS, onExchange });
  const lay = (profile: CardProfile) => {
    if (profile.kind !== 'resident-id-card') throw new Fault('reader.unsupported');
    server.insert(virtualResidentIdOf(profile));
  };
  const name = '虚拟身份证读卡器 / virtual resident-ID reader';
  return { id: 'desk-2', name, dialect, traffic, lay, ...handles(server) };
}

function handles({ port, remove, close }: Pick<DeskReader, 'port' | 'remove' | 'close'>) {
  return { port, remove, close };
}
