import { type Logger, pino } from 'pino';
import { Chance } from '../../end-to-end/random.ts';
import type { Disk, DiskTrouble } from './disk.ts';
import { type Ask, Gateway, type Reply } from './gateway.ts';
import { INSURERS, ModelInsurer } from './insurer.ts';
import type { Plan, Trouble } from './plan.ts';
import { type Life, Schedule } from './schedule.ts';
import { Wire } from './wire.ts';

/** An act that was answered, and how. */
export interface Acknowledged {
  readonly key: string;
  readonly ask: Ask;
  readonly reply: Reply;
}

/** How likely each is at each step that a gateway takes: a statement, a unit of work, a request. */
const FATES: readonly (readonly [Trouble, number])[] = [
  ['kill', 0.008],
  ['pause', 0.004],
  ['jump-clock', 0.002],
  ['disk-full', 0.001],
];
const KILL_IN_FLIGHT_CHANCE = 0.03;
const IN_FLIGHT_MAX_MS = 1_000;
const UNKNOWN_COMMIT_CHANCE = 0.002;
const RUN_AGAIN_CHANCE = 0.02;

const MINUTE = 60_000;
const DOWN_MAX_MS = MINUTE;
const PAUSE_MAX_MS = 20 * MINUTE;
const CLOCK_JUMP_MAX_MS = 120 * MINUTE;
const DISK_FULL_MAX_MS = 2 * MINUTE;
/** How likely a request is to meet trouble, for some time each. */
const WEATHERS = [0.05, 0.25, 0.6] as const;
const WEATHER_MAX_MS = 15 * MINUTE;

/** All that a history is played in: the processes, the store, the insurers and the lines to them. */
export class World {
  readonly plan: Plan;
  readonly disk: Disk;
  readonly schedule: Schedule;
  /** Chance of what befalls gateways and their stores. */
  readonly troubles: Chance;
  readonly insurers: ReadonlyMap<string, ModelInsurer>;
  readonly wires: ReadonlyMap<string, Wire>;
  readonly gateways: readonly Gateway[];
  readonly logger: Logger;
  readonly log: ((line: string) => void) | undefined;
  readonly acknowledged: Acknowledged[] = [];
  /** What must not be thrown or logged. */
  readonly bugs: string[] = [];
  readonly met = new Map<Trouble, number>();
  /** Nothing goes wrong any more. */
  isCalm = false;
  #weather = 0.2;
  #diskFullUntil = 0;
  #nextId = 1;

  constructor(plan: Plan, disk: Disk, log?: (line: string) => void) {
    this.plan = plan;
    this.disk = disk;
    this.schedule = new Schedule(this.chanceOf(1));
    this.log = log && ((line) => log(`${this.#clockText()} ${line}`));
    this.troubles = this.chanceOf(2);
    this.logger = pino({ level: 'error', base: null }, { write: (line: string) => this.#logged(line) });
    this.insurers = new Map(
      INSURERS.map((rules) => [rules.id, new ModelInsurer(rules, () => this.schedule.now)]),
    );
    this.wires = new Map(
      [...this.insurers].map(([id, insurer], index) => [id, this.#wireTo(insurer, 10 + index)]),
    );
    this.gateways = Array.from({ length: plan.gateways }, (_, index) => new Gateway(`g${index + 1}`, this));
    this.#changeWeather();
  }

  /** A stream of chance of its own, so that one part's use of it does not shift another's. */
  chanceOf(part: number): Chance {
    return new Chance(Math.imul(this.plan.seed + 1, 0x9e37_79b1) ^ Math.imul(part, 0x85eb_ca6b));
  }

  readonly nextId = (): string => String(this.#nextId++).padStart(8, '0');

  /** What befalls a process as it takes a step. */
  fate(gateway: Gateway, life: Life): void {
    if (this.isCalm || !life.alive) return;
    for (const [trouble, probability] of FATES) {
      if (this.troubles.next() >= probability || !this.plan.troubles.includes(trouble)) continue;
      this.meet(trouble);
      if (trouble === 'kill') this.kill(gateway);
      if (trouble === 'pause') life.pausedUntil = this.schedule.now + this.#some(PAUSE_MAX_MS);
      if (trouble === 'jump-clock') gateway.clockOffMs = this.#jump();
      if (trouble === 'disk-full') this.#diskFullUntil = this.schedule.now + this.#some(DISK_FULL_MAX_MS);
      if (trouble !== 'kill') this.log?.(`${gateway.id} ${trouble}`);
    }
  }

  /** As `fate`, of a process that waits for an answer: it may die, and rise, while the insurer is still at it. */
  fateInFlight(gateway: Gateway, life: Life): void {
    if (this.isCalm || this.troubles.next() >= KILL_IN_FLIGHT_CHANCE || !this.plan.troubles.includes('kill'))
      return;
    this.meet('kill');
    this.schedule.after(this.troubles.between(0, IN_FLIGHT_MAX_MS), () => {
      if (life.alive) this.kill(gateway);
    });
  }

  kill(gateway: Gateway): void {
    this.log?.(`${gateway.id} dies`);
    gateway.life.end();
    this.schedule.after(this.#some(DOWN_MAX_MS), () => {
      this.log?.(`${gateway.id} starts`);
      gateway.start();
    });
  }

  /** From now on nothing goes wrong, and all clocks are right again. */
  becomeCalm(): void {
    this.log?.('calm');
    this.isCalm = true;
    for (const gateway of this.gateways) gateway.clockOffMs = 0;
  }

  diskTrouble(): DiskTrouble {
    if (this.isCalm) return undefined;
    if (this.schedule.now < this.#diskFullUntil) return 'full';
    const chance = this.troubles.next();
    const trouble =
      chance < UNKNOWN_COMMIT_CHANCE
        ? 'unknown-commit'
        : chance < UNKNOWN_COMMIT_CHANCE + RUN_AGAIN_CHANCE
          ? 'run-again'
          : undefined;
    if (!trouble || !this.plan.troubles.includes(trouble)) return undefined;
    this.meet(trouble);
    return trouble;
  }

  meet(trouble: Trouble): void {
    this.met.set(trouble, (this.met.get(trouble) ?? 0) + 1);
  }

  #wireTo(insurer: ModelInsurer, part: number): Wire {
    const { schedule, plan, log } = this;
    const weather = () => (this.isCalm ? 0 : this.#weather);
    const met = (trouble: Trouble) => this.meet(trouble);
    return new Wire({
      ...{ schedule, insurer, log, weather, met, troubles: plan.troubles, chance: this.chanceOf(part) },
    });
  }

  #changeWeather(): void {
    this.#weather = this.troubles.oneOf(WEATHERS);
    this.schedule.after(this.#some(WEATHER_MAX_MS), () => this.#changeWeather());
  }

  /** Mostly short, now and then up to the limit. */
  #some(maxMs: number): number {
    return Math.ceil(maxMs ** this.troubles.next());
  }

  #jump(): number {
    const size = this.#some(CLOCK_JUMP_MAX_MS);
    return this.troubles.next() < 0.5 ? size : -size;
  }

  /** What goes wrong with a store or an insurer is a Fault; anything else that is logged is a bug. */
  #logged(line: string): void {
    const { err } = JSON.parse(line) as { err?: { type?: string; code?: string } };
    if (err?.type === 'Fault' || err?.type === 'UnknownCommitError') return;
    this.bugs.push(line.trim());
  }

  #clockText(): string {
    return new Date(this.schedule.now).toISOString().slice(5, 23);
  }
}
