import type { PurseConfiguration } from '../../../schemas/reader-configuration.ts';
import { ReaderPool } from '../../../src/card/pool.ts';
import type { CardSlot, OpenReader, PinPad, ReaderDriver } from '../../../src/card/port.ts';
import { PurseService } from '../../../src/card/purse/service.ts';
import { Fault } from '../../../src/errors.ts';
import { loadProfiles, type SocialSecurityProfile } from '../../../src/sandbox/cards/cards.ts';
import type { PurseProfile } from '../../../src/sandbox/cards/profile.ts';
import { VirtualPurse } from '../../../src/sandbox/cards/purse.ts';
import { VirtualLoadHost } from '../../../src/sandbox/cards/purse-host.ts';
import { VirtualPursePsam } from '../../../src/sandbox/cards/purse-psam.ts';
import { socialSecurityCard } from '../../../src/sandbox/cards/social-security.ts';
import type { VirtualCard } from '../../../src/sandbox/port.ts';
import type { Store, Unit } from '../../../src/store/port.ts';
import { testParts } from '../../helper.ts';
import { settle, TestTimers } from '../timers.ts';

export const caller = { client: 'his', requestId: 'r-1' };
export const APPLICATION = 'D1560000050A';
export const INITIAL_FEN = 100_00;

export const settings: PurseConfiguration = { application: APPLICATION, psamSlot: 1, keyIndex: '01' };

const inner = loadProfiles().get('social-security-v2') as SocialSecurityProfile;

export function purseCard(change: Partial<PurseProfile> = {}): VirtualPurse {
  const profile = {
    ...{ application: APPLICATION, serial: '2016122100001003', balanceFen: INITIAL_FEN },
    ...change,
  };
  return new VirtualPurse(profile, socialSecurityCard(inner));
}

type Moment = 'before' | 'after';

/** A slot whose card can be pulled before a command reaches it, or after it and before its answer. */
export class PulledSlot implements CardSlot {
  readonly instructions: number[] = [];
  #card: VirtualCard | undefined;
  #pulls: { ins: number; moment: Moment; fault: Fault; stays: boolean }[] = [];

  lay(card: VirtualCard | undefined): void {
    this.#card = card;
  }

  /** At the next command with this instruction the card is pulled, or it stays and only the answer is lost. */
  pull(ins: number, moment: Moment, { fault = new Fault('card.removed'), stays = false } = {}): void {
    this.#pulls.push({ ins, moment, fault, stays });
  }

  /** Forgets what has not been pulled yet. */
  calm(): void {
    this.#pulls = [];
  }

  async powerOn(): Promise<Buffer | undefined> {
    return this.#card?.reset();
  }

  async transmit(command: Buffer): Promise<Buffer> {
    if (!this.#card) throw new Fault('card.removed');
    const ins = command[1]!;
    this.instructions.push(ins);
    const at = this.#pulls.findIndex((pull) => pull.ins === ins);
    const [pull] = at === -1 ? [] : this.#pulls.splice(at, 1);
    const answer = pull?.moment === 'before' ? undefined : this.#card.command(command);
    if (pull && !pull.stays) this.#card = undefined;
    if (pull || !answer) throw pull?.fault ?? new Fault('card.removed');
    return answer;
  }

  async powerOff(): Promise<void> {}
}

class PurseReader implements ReaderDriver {
  readonly description = 'a reader with a PSAM in a test';
  readonly slot = new PulledSlot();
  readonly sam = new PulledSlot();
  sams: readonly CardSlot[] | undefined = [this.sam];
  pinPad: PinPad | undefined;
  lose: () => void = () => {};

  async open(): Promise<OpenReader> {
    const lost = new Promise<void>((resolve) => {
      this.lose = resolve;
    });
    return {
      ...{ slot: this.slot, lost, close: async () => {} },
      ...(this.sams ? { sams: this.sams } : {}),
      ...(this.pinPad ? { pinPad: this.pinPad } : {}),
    };
  }
}

/** A store that stops writing after some commits, as one whose process was killed. */
export class MortalStore implements Store {
  readonly #store: Store;
  writesLeft = Number.POSITIVE_INFINITY;

  constructor(store: Store) {
    this.#store = store;
  }
  get dialect() {
    return this.#store.dialect;
  }
  one: Store['one'] = (query, args) => this.#store.one(query, args);
  all: Store['all'] = (query, args) => this.#store.all(query, args);
  list: Store['list'] = (build) => this.#store.list(build);
  async write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    if (this.writesLeft <= 0) throw new Fault('gateway.store');
    this.writesLeft -= 1;
    return this.#store.write(work);
  }
  async close(): Promise<void> {}
}

type Teardown = Parameters<typeof testParts>[0];

/** A gateway with a reader and a purse on it; `restart` is the same again on the same store, after its death. */
export async function newWorld(
  t: Teardown,
  { purse = settings, hostless = false }: { purse?: PurseConfiguration; hostless?: boolean } = {},
) {
  const parts = await testParts(t);
  const reader = new PurseReader();
  const psam = new VirtualPursePsam();
  reader.sam.lay(psam);
  const host = new VirtualLoadHost(parts.clock);
  const card = purseCard();
  reader.slot.lay(card);
  const start = async () => {
    const store = new MortalStore(parts.store);
    const timers = new TestTimers(parts.clock);
    const readers = [{ id: 'desk-1', driver: reader }];
    const pool = new ReaderPool({ ...parts, readers, timers });
    const service = new PurseService({
      ...{ ...parts, store, timers, pool, gatewayId: 'gw', purses: new Map([['desk-1', purse]]) },
      ...(hostless ? {} : { loadHost: host }),
    });
    pool.start();
    t.teardown(() => pool.close());
    await settle();
    return { store, timers, pool, service };
  };
  return { ...parts, reader, psam, host, card, start, ...(await start()) };
}

export const order = (amount = '12.30') => ({ amount, timeoutMs: 0 });
