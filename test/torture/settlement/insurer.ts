import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LedgerRow, Misbehaviour } from '../../../src/sandbox/insurer/port.ts';
import { nationalInsurer } from '../../end-to-end/clinic.ts';
import type { Chance } from '../../end-to-end/random.ts';
import type { Scene } from '../../setup/process.ts';
import { type Step, TRANSACTIONS } from './steps.ts';

/** What a payer's book says is in force: amounts in fen. */
export interface Standing {
  readonly billNumber: string;
  readonly number: string;
  readonly totalFen: number;
  readonly fundFen: number;
  readonly accountFen: number;
  readonly cashFen: number;
}

export interface PayerReport {
  /** What is in force now. */
  readonly live: readonly Standing[];
  /** Bills that were ever in force twice at a time, seen whenever anything was done. */
  readonly doubled: readonly string[];
  /** What befell requests, by kind. */
  readonly faults: Readonly<Record<string, number>>;
}

/** A payer under torture. To put several on a bill, give each to `PAYERS` in the legal order. */
export interface TorturedPayer {
  readonly id: string;
  /** Its part of the gateway's configuration. */
  readonly toml: string;
  /** Things go wrong with some of the next requests. */
  misbehave(chance: Chance): void;
  /** Nothing goes wrong any more. */
  behave(): void;
  report(): Promise<PayerReport>;
}

/** A payer whose exchanges can be stopped at a step. */
export interface WatchedPayer extends TorturedPayer {
  arm(step: Step): void;
  /** Called when the armed step is reached. */
  onReached: (step: Step) => void;
}

export interface Report {
  readonly ledger: LedgerRow[];
  readonly faults: Record<string, number>;
  readonly doubled: string[];
}

export type Asked =
  | { readonly kind: 'misbehave'; readonly misbehaviours: readonly Misbehaviour[] }
  | { readonly kind: 'arm'; readonly step: Step }
  | { readonly kind: 'behave' | 'report' };

export type Told =
  | { readonly kind: 'started'; readonly url: string }
  | { readonly kind: 'reached'; readonly step: Step }
  | { readonly kind: 'report'; readonly report: Report };

/** Amounts that don't add up and refusals leave nothing to find out; they are met in the simulation. */
const KINDS: readonly Misbehaviour['kind'][] = [
  'lose-request',
  'lose-answer',
  'delay',
  'act-late',
  'answer-twice',
  'swap-answers',
  'system-error',
  'rubbish',
  'truncate',
  '5xx-after',
  '5xx-before',
  '401-before',
];
/** More than the gateway waits for an answer. */
const LATE_MS = 2_500;
/** Less than that: an answer that finds no other to be taken for still arrives. */
const SWAP_WITHIN_MS = 600;
const MISBEHAVIOURS_PER_LIFE = 14;
/** Settling more often than what leads to it. */
const VICTIMS = [
  '1101',
  '2201',
  '2204',
  '2206',
  '2207',
  '2207',
  '2207',
  '2207',
  '2208',
  '2208',
  '2208',
  '2601',
];
/** Answers that say whose they are. Of the others nobody could tell that they were mixed up. */
const SWAPPABLE: ReadonlySet<string> = new Set(['2206', '2207', '2601']);

/** The national platform, in a process of its own. */
export async function startNational(scene: Scene): Promise<WatchedPayer> {
  const child = fork(fileURLToPath(import.meta.resolve('./insurer-process.ts')), { env: process.env });
  scene.teardown(() => child.kill());
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (told: Told) => (told.kind === 'started' ? resolve(told.url) : undefined));
    child.once('exit', () => reject(new Error('the insurer did not start')));
  });
  return new National(child, url);
}

class National implements WatchedPayer {
  readonly id = 'nhsa';
  readonly toml: string;
  onReached: (step: Step) => void = () => undefined;
  readonly #child: ChildProcess;
  #reported: (report: Report) => void = () => undefined;

  constructor(child: ChildProcess, url: string) {
    this.toml = nationalInsurer(url);
    this.#child = child;
    child.on('message', (told: Told) => {
      if (told.kind === 'reached') this.onReached(told.step);
      if (told.kind === 'report') this.#reported(told.report);
    });
  }

  misbehave(chance: Chance): void {
    const misbehaviours = Array.from({ length: MISBEHAVIOURS_PER_LIFE }, (): Misbehaviour => {
      const kind = chance.oneOf(KINDS);
      if (kind !== 'swap-answers') return { kind, infno: chance.oneOf(VICTIMS), delayMs: LATE_MS };
      return { kind, infno: chance.oneOf([...SWAPPABLE]), times: 2, delayMs: SWAP_WITHIN_MS };
    });
    // A way out of doubt is only taken where there is a doubt.
    const doubts: Misbehaviour = { kind: 'lose-answer', infno: TRANSACTIONS.settle, times: 2 };
    this.#ask({ kind: 'misbehave', misbehaviours: [doubts, ...misbehaviours] });
  }

  behave(): void {
    this.#ask({ kind: 'behave' });
  }

  arm(step: Step): void {
    this.#ask({ kind: 'arm', step });
  }

  async report(): Promise<PayerReport> {
    const { ledger, doubled, faults } = await new Promise<Report>((resolve) => {
      this.#reported = resolve;
      this.#ask({ kind: 'report' });
    });
    const live = ledger
      .filter((row) => row.live)
      .map(({ setlId, medfeeFen, ...row }) => ({ ...row, number: setlId, totalFen: medfeeFen }));
    return { live, doubled, faults };
  }

  #ask(asked: Asked): void {
    this.#child.send(asked);
  }
}
