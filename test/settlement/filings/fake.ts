import { Fault } from '../../../src/errors.ts';
import {
  type AnsweredExchange,
  type Exchange,
  type Filing,
  type FilingFinding,
  type FilingFlows,
  type FilingQuestion,
  type KnownFiling,
  type LostExchange,
  type Outcome,
  type TransferFiling,
  WireError,
} from '../../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { FakeInsurer } from '../fake.ts';
import { newWorld, sampleIdentity } from '../parts.ts';

/** How the insurer treats one request. `-after` says that it did what was asked before the rest happened. */
export const BEHAVIOURS = [
  'accept',
  'refuse',
  'lose-before',
  'lose-after',
  'rubbish-after',
  'unreachable',
  'turn-away',
] as const;

export type Behaviour =
  | (typeof BEHAVIOURS)[number]
  | 'throw'
  | 'throw-after'
  | 'fault'
  | 'open'
  | 'act-late'
  | 'twice';

export type Operation = 'who' | 'file' | 'withdraw' | 'find';

interface Entry {
  readonly number: string;
  readonly filing: Filing;
}

/**
 * An insurer's filings in memory. It refuses no double, so that one would be seen; it outlives every gateway of a
 * test.
 */
export class FakeFilings implements FilingFlows {
  readonly kinds = ['transfer', 'chronic', 'designated'] as const;
  /** What it does next; `accept` where nothing is said. */
  readonly script = new Map<Operation, Behaviour[]>();
  readonly entries: Entry[] = [];
  /** How often the same was filed while it was on file. */
  doubled = 0;
  /** Every request that reached it. */
  readonly received: Operation[] = [];
  /** Whether its list gives numbers, as the national platform's does not. */
  listsNumbers = false;
  /** What it does late. */
  late: (() => void)[] = [];
  /** Runs before it answers. */
  before: (operation: Operation) => Promise<void> | void = () => undefined;
  #next = 1;

  say(operation: Operation, ...behaviours: Behaviour[]): void {
    this.script.set(operation, behaviours);
  }

  async file(filing: Filing, exchange: Exchange): Promise<Outcome<{ number: string }>> {
    const who = await this.#flow('who', 'none', exchange, () => undefined);
    if (who.kind !== 'accepted') return who;
    return this.#flow('file', 'record', exchange, () => {
      if (this.entries.length > 0) this.doubled += 1;
      const number = `N${this.#next++}`;
      this.entries.push({ number, filing });
      return { number };
    });
  }

  filedBy(_filing: Filing, { answer }: AnsweredExchange): { number: string } | undefined {
    const word = answer.body.toString();
    return word.startsWith('accepted ') ? { number: word.slice('accepted '.length) } : undefined;
  }

  async withdraw(
    _f: Filing,
    number: string,
    _reason: string,
    exchange: Exchange,
  ): Promise<Outcome<'withdrawn'>> {
    return this.#flow('withdraw', 'record', exchange, () => {
      const index = this.entries.findIndex((entry) => entry.number === number);
      if (index < 0) return 'refused';
      this.entries.splice(index, 1);
      return 'withdrawn';
    });
  }

  async list({ kind }: FilingQuestion, exchange: Exchange): Promise<Outcome<readonly KnownFiling[]>> {
    return this.#flow('find', 'none', exchange, () =>
      this.entries.filter(({ filing }) => filing.kind === kind).map((entry) => this.#known(entry)),
    );
  }

  async find(_f: Filing, _lost: LostExchange, exchange: Exchange): Promise<Outcome<FilingFinding>> {
    return this.#flow<FilingFinding>('find', 'none', exchange, (behaviour) => {
      if (behaviour === 'open') return { is: 'open', reason: 'not processed' };
      const [entry] = this.entries;
      return entry ? { is: 'on-file', filing: this.#known(entry) } : { is: 'absent' };
    });
  }

  #known({ number, filing }: Entry): KnownFiling {
    return { kind: filing.kind, from: filing.from, about: 'x', ...(this.listsNumbers ? { number } : {}) };
  }

  async #flow<T>(
    operation: Operation,
    effect: 'none' | 'record',
    exchange: Exchange,
    act: (behaviour: Behaviour) => T | 'refused',
  ): Promise<Outcome<T>> {
    const behaviour = this.script.get(operation)?.shift() ?? 'accept';
    if (behaviour === 'fault') throw new Fault('request.invalid', { pointer: '/reason', detail: 'too long' });
    let value: T | 'refused' | undefined;
    const ownId = `M${this.#next++}`;
    const send = () =>
      exchange({
        transaction: operation,
        ownId,
        effect,
        body: Buffer.from(operation),
        send: async () => {
          if (behaviour === 'unreachable') throw new WireError('nothing', 'connection refused');
          this.received.push(operation);
          await this.before(operation);
          if (behaviour === 'throw') throw new Error('a bug of the adapter');
          if (behaviour === 'lose-before') throw new WireError('maybe', 'connection reset');
          if (behaviour === 'act-late') {
            this.late.push(() => void act(behaviour));
            throw new WireError('maybe', 'connection reset');
          }
          if (behaviour === 'turn-away') return answer('not-run');
          value = behaviour === 'refuse' ? 'refused' : act(behaviour);
          if (behaviour === 'lose-after') throw new WireError('maybe', 'connection reset');
          if (behaviour === 'rubbish-after') return answer('<html>');
          if (value === 'refused') return answer('refused');
          return answer(`accepted ${(value as { number?: string } | undefined)?.number ?? ''}`);
        },
        judge: ({ body }) => {
          const word = body.toString();
          if (word.startsWith('accepted')) return { kind: 'accepted', output: value };
          // Insurers quote whom they speak of.
          if (word === 'refused')
            return { kind: 'refused', reason: `${SAMPLE_NAME} ${SAMPLE_NUMBER} 不符合条件` };
          if (word === 'not-run') return { kind: 'not-run', reason: '签名不一致' };
          return { kind: 'unknown', reason: 'not an answer' };
        },
      });
    const outcome = await send();
    if (behaviour === 'throw-after') throw new Error('a bug of the adapter');
    const { exchangeId } = behaviour === 'twice' ? await send() : outcome;
    const at = { exchangeId, transaction: operation, ownId };
    return outcome.kind === 'accepted'
      ? { kind: 'accepted', value: value as T, at }
      : { kind: outcome.kind, reason: outcome.reason, at };
  }
}

function answer(text: string) {
  return { status: 200, contentType: 'text/plain', body: Buffer.from(text) };
}

/** A world whose insurer takes filings. */
export async function filingWorld(t: Parameters<typeof newWorld>[0]) {
  const world = await newWorld(t);
  const fake = new FakeFilings();
  const insurer = Object.assign(new FakeInsurer(), { filings: fake });
  const start = (store = world.store) => world.start(store, { insurers: [insurer] });
  return { ...world, fake, insurer, start };
}

export type FilingWorld = Awaited<ReturnType<typeof filingWorld>>;

export function transfer(id: string, more: Partial<TransferFiling> = {}): TransferFiling {
  return {
    ...{ id, kind: 'transfer', identity: sampleIdentity, from: '2026-03-02', to: '2026-09-01' },
    diagnosis: { code: 'I10.x00', name: '高血压' },
    ...{ toCode: 'H11111100009', toName: '示例县人民医院', toDivision: '111111', reach: '1' },
    ...{ date: '2026-03-02', reason: '需进一步检查', opinion: '同意' },
    ...more,
  };
}
