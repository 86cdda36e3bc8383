import { settlementById } from '../../../src/settlement/queries.ts';
import type { NewSettlement } from '../../../src/settlement/service.ts';
import type { Chance } from '../../end-to-end/random.ts';
import { sampleBill } from '../parts.ts';
import type { Ask, Gateway, Reply } from './gateway.ts';
import { INSURERS } from './insurer.ts';
import type { Trouble } from './plan.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const COMES_WITHIN_MS = 10 * MINUTE;
/** Settlements of one bill, one after the other. */
const SETTLEMENTS_MAX = 3;
/** What is done to one settlement. */
const ACTS_MAX = 8;
const CHARGE_FEN_MAX = 2_000_00;

/**
 * Who works on one bill at the HIS: quotes, settles, takes back, begins anew, waits, and repeats each request under
 * its key until it is answered. Answers when they are done with it.
 */
export class Clerk {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #bill: NewSettlement;
  readonly #name: string;
  #gateway: Gateway;
  #keys = 1;

  constructor(world: World, name: string, chance: Chance) {
    this.#world = world;
    this.#name = name;
    this.#chance = chance;
    this.#bill = billOf(name, world.plan.payersMax, chance);
    this.#gateway = chance.oneOf(world.gateways);
  }

  async work(): Promise<void> {
    await this.#pause(COMES_WITHIN_MS);
    for (let time = 0; time < SETTLEMENTS_MAX; time++) {
      const confirm = this.#chance.next() < 0.5;
      const created = await this.#ask({ act: 'create', bill: this.#bill, confirm });
      if (created?.body.id === undefined) return;
      const isOver = await this.#serve(created.body.id);
      if (!isOver || this.#chance.next() < 0.4) return;
    }
  }

  /** Brings one settlement where this day takes it; answers whether its bill may be settled anew. */
  async #serve(id: string): Promise<boolean> {
    for (let act = 0; act < ACTS_MAX; act++) {
      await this.#pause(3 * MINUTE);
      const state = this.#world.disk.one(settlementById, { id })?.state;
      const luck = this.#chance.next();
      if (state === 'failed' || state === 'reversed') return true;
      if (state === 'needs-review') return false;
      if (state === 'draft') await this.#ask({ act: luck < 0.8 ? 'quote' : 'abandon', id });
      if (state === 'quoted')
        await this.#ask({ act: luck < 0.8 ? 'confirm' : luck < 0.9 ? 'quote' : 'abandon', id });
      if (state === 'settled') {
        if (luck < 0.6) return false;
        await this.#ask({ act: 'reverse', id });
      }
    }
    return false;
  }

  /** Asks once, or twice at a time as an impatient hand does. */
  async #ask(ask: Ask): Promise<Reply | undefined> {
    const asked = this.#insist(ask, this.#key());
    if (!this.#happens('act-twice', 0.15)) return asked;
    const again = this.#insist(ask, this.#key());
    const [first, second] = await Promise.all([asked, again]);
    return first?.body.id === undefined ? second : first;
  }

  async #insist(ask: Ask, key: string): Promise<Reply | undefined> {
    for (;;) {
      const reply = await this.#attempt(key, ask).catch(() => undefined);
      this.#world.log?.(
        `${this.#name} ${ask.act} ${key}: ${reply ? `${reply.status} ${reply.body.id ?? ''} ${reply.body.state ?? reply.body.code}` : 'no answer'}`,
      );
      if (reply && !mayPass(reply)) {
        if (reply.status < 300) this.#world.acknowledged.push({ key, ask, reply });
        return reply;
      }
      if (this.#happens('walk-away', 0.05)) return undefined;
      if (this.#chance.next() < 0.3) this.#gateway = this.#chance.oneOf(this.#world.gateways);
      await this.#pause(20_000);
    }
  }

  /** Hangs up sometimes before the answer comes; the gateway may go on. */
  #attempt(key: string, ask: Ask): Promise<Reply> {
    const call = this.#gateway.call(key, ask);
    if (!this.#happens('hang-up', 0.1)) return call;
    return new Promise((resolve, reject) => {
      this.#world.schedule.after(this.#chance.between(1, 10_000), () => reject(new Error('hung up')));
      call.then(resolve, reject);
    });
  }

  #happens(trouble: Trouble, probability: number): boolean {
    const { isCalm, plan } = this.#world;
    const happens = this.#chance.next() < probability && !isCalm && plan.troubles.includes(trouble);
    if (happens) this.#world.meet(trouble);
    return happens;
  }

  #pause(maxMs: number): Promise<void> {
    return this.#world.schedule.sleep(this.#chance.between(1, maxMs));
  }

  #key(): string {
    return `${this.#name}-request-${this.#keys++}`;
  }
}

/** Answers by which nothing is decided. */
function mayPass({ status, body }: Reply): boolean {
  return status >= 500 || body.code === 'request.running';
}

/** A bill of one line for some payers in the legal order. */
function billOf(name: string, payersMax: number, chance: Chance): NewSettlement {
  const amountFen = chance.between(1, CHARGE_FEN_MAX);
  const { bill } = sampleBill(name);
  const price = `${Math.floor(amountFen / 100)}.${String(amountFen % 100).padStart(2, '0')}`;
  const payers = INSURERS.map(({ id }) => id);
  const count = chance.between(1, payersMax);
  while (payers.length > count) payers.splice(chance.between(0, payers.length - 1), 1);
  return {
    insurers: payers,
    bill: {
      ...bill,
      purseReaderId: 'purse',
      charges: [{ ...bill.charges[0]!, count: '1', price, amountFen }],
    },
  };
}
