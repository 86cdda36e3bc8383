import type { LoadAsked, LoadGranted, LoadHost } from '../../card/port.ts';
import { type Clock, chinaDigits } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import { loadMac1, loadMac2, loadSessionKey, TEST_KEY } from './purse-cryptogram.ts';

const LOAD = 0x02;

export type HostMisbehaviour = 'refuse' | 'lose-answer' | 'deaf';

/** How a load stands in the host's book. */
export type BookedLoad = {
  readonly amountFen: number;
  readonly state: 'granted' | 'confirmed' | 'cancelled';
};

/**
 * A virtual issuer's host (sandbox), under the published test key: grants every load whose MAC1 is right from an account
 * that never runs dry, and keeps a book of what it granted and what it was told of it.
 */
export class VirtualLoadHost implements LoadHost {
  readonly book = new Map<string, BookedLoad>();
  readonly #clock: Clock;
  readonly #misbehaviours: HostMisbehaviour[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does this at the next call that has nothing in store for it yet. `deaf` does not hear what it is told. */
  misbehave(misbehaviour: HostMisbehaviour): void {
    this.#misbehaviours.push(misbehaviour);
  }

  async grant(load: LoadAsked): Promise<LoadGranted> {
    const misbehaviour = this.#misbehaviours.shift();
    if (misbehaviour === 'refuse') throw new Fault('purse.refused', { detail: 'the host' });
    const sequence = Buffer.of(load.sequence >> 8, load.sequence & 0xff);
    const session = loadSessionKey(TEST_KEY, load.random, sequence);
    const stamp = chinaDigits(this.#clock.now()).slice(0, 14);
    const fields = {
      ...{ amount: uint32(load.amountFen), balance: uint32(load.balanceFen), type: LOAD },
      ...{ terminal: load.terminal, stamp: Buffer.from(stamp, 'hex') },
    };
    if (!loadMac1(session, fields).equals(load.mac1)) throw new Fault('purse.refused', { detail: 'MAC1' });
    this.book.set(load.id, { amountFen: load.amountFen, state: 'granted' });
    if (misbehaviour === 'lose-answer') throw new Fault('purse.host-unreachable');
    return { stamp, mac2: loadMac2(session, fields) };
  }

  async confirm(id: string): Promise<void> {
    this.#end(id, 'confirmed');
  }

  async cancel(id: string): Promise<void> {
    this.#end(id, 'cancelled');
  }

  #end(id: string, state: 'confirmed' | 'cancelled'): void {
    if (this.#misbehaviours[0] === 'deaf') {
      this.#misbehaviours.shift();
      throw new Fault('purse.host-unreachable');
    }
    this.book.set(id, { amountFen: this.book.get(id)?.amountFen ?? 0, state });
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
