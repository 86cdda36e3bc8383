import {
  type Discharge,
  type DividedLine,
  type Exchange,
  type Handle,
  type LostExchange,
  type Outcome,
  type Stay,
  type StayCharge,
  type StayFlows,
  WireError,
} from '../../../src/settlement/port.ts';
import { type Behaviour, FakeInsurer } from '../fake.ts';

interface Patient {
  readonly number: string;
  state: 'in' | 'out';
  bed: string;
  /** By serial; the HIS's number of each line. */
  readonly lines: Map<string, string>;
}

type Answer<T> = { readonly value: T } | 'refused';

/** A ward in memory that keeps its patients as the national platform does. It outlives every gateway of a test. */
export class FakeWard implements StayFlows {
  readonly patients = new Map<string, Patient>();
  /** Whether its refusals say that it is so already. */
  knowsWords = true;
  /** Whether it can be asked who is there. */
  canFind = true;
  /** What it does next with a transaction; `accept` where nothing is said. */
  readonly script = new Map<string, Behaviour[]>();
  /** Every request that reached it. */
  readonly received: string[] = [];
  readonly #admissions = new Map<string, string>();
  #next = 1;

  say(transaction: string, ...behaviours: Behaviour[]): void {
    this.script.set(transaction, behaviours);
  }

  /** The stays of this number that stand here. */
  of(number: string): Patient[] {
    return [...this.patients.values()].filter((patient) => patient.number === number);
  }

  admit(stay: Stay, exchange: Exchange): Promise<Outcome<Handle>> {
    return this.#flow('2401', 'record', exchange, (ownId) => {
      if (this.of(stay.number).length > 0) return 'refused';
      const id = `Z${this.#next++}`;
      this.patients.set(id, { number: stay.number, state: 'in', bed: stay.bed ?? '', lines: new Map() });
      this.#admissions.set(ownId, id);
      return { value: { mdtrt_id: id } };
    });
  }

  undoAdmission(_stay: Stay, lost: LostExchange, exchange: Exchange): Promise<Outcome<'undone'>> {
    return this.#flow('2601', 'money', exchange, () => {
      const id = this.#admissions.get(lost.ownId);
      if (id === undefined) return this.#soAlready('undone');
      this.patients.delete(id);
      this.#admissions.delete(lost.ownId);
      return { value: 'undone' };
    });
  }

  change(stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'changed'>> {
    return this.#at('2403', handle, exchange, (patient) => {
      patient.bed = stay.bed ?? '';
      return { value: 'changed' };
    });
  }

  cancel(_stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'cancelled'>> {
    return this.#at('2404', handle, exchange, (patient, id) => {
      if (patient.lines.size > 0) return 'refused';
      this.patients.delete(id);
      return { value: 'cancelled' };
    });
  }

  upload(
    _stay: Stay,
    handle: Handle,
    charges: readonly StayCharge[],
    exchange: Exchange,
  ): Promise<Outcome<readonly DividedLine[]>> {
    return this.#at<readonly DividedLine[]>('2301', handle, exchange, ({ lines, state }) => {
      if (state === 'out') return 'refused';
      if (charges.some(({ serial }) => lines.has(serial))) return this.#soAlready([]);
      for (const { serial, line } of charges) lines.set(serial, line);
      const none = { fullOwnFen: 0, overLimitFen: 0, firstOwnFen: 0 };
      return { value: charges.map(({ line, amountFen }) => ({ line, ...none, inScopeFen: amountFen })) };
    });
  }

  withdraw(
    _stay: Stay,
    handle: Handle,
    charges: readonly StayCharge[],
    exchange: Exchange,
  ): Promise<Outcome<'withdrawn'>> {
    return this.#at('2302', handle, exchange, ({ lines }) => {
      if (charges.some(({ serial }) => !lines.has(serial))) return this.#soAlready('withdrawn');
      for (const { serial } of charges) lines.delete(serial);
      return { value: 'withdrawn' };
    });
  }

  discharge(_stay: Stay, handle: Handle, _: Discharge, exchange: Exchange): Promise<Outcome<'discharged'>> {
    return this.#at('2402', handle, exchange, (patient) => {
      if (patient.state === 'out') return this.#soAlready('discharged');
      patient.state = 'out';
      return { value: 'discharged' };
    });
  }

  resume(_stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'resumed'>> {
    return this.#at('2405', handle, exchange, (patient) => {
      if (patient.state === 'in') return this.#soAlready('resumed');
      patient.state = 'in';
      return { value: 'resumed' };
    });
  }

  get find(): NonNullable<StayFlows['find']> {
    const find: NonNullable<StayFlows['find']> = (stay, handle, exchange) =>
      this.#flow<Handle | undefined>('5303', 'none', exchange, () => {
        const found = [...this.patients].find(([id, patient]) =>
          patient.state === 'in' && handle ? id === handle.mdtrt_id : patient.number === stay.number,
        );
        return { value: found?.[1].state === 'in' ? { mdtrt_id: found[0] } : undefined };
      });
    return this.canFind ? find : (undefined as never);
  }

  #soAlready<T>(value: T): Answer<T> {
    return this.knowsWords ? { value } : 'refused';
  }

  #at<T>(
    transaction: string,
    { mdtrt_id = '' }: Handle,
    exchange: Exchange,
    act: (patient: Patient, id: string) => Answer<T>,
  ): Promise<Outcome<T>> {
    return this.#flow(transaction, 'record', exchange, () => {
      const patient = this.patients.get(mdtrt_id);
      return patient ? act(patient, mdtrt_id) : 'refused';
    });
  }

  async #flow<T>(
    transaction: string,
    effect: 'none' | 'record' | 'money',
    exchange: Exchange,
    act: (ownId: string) => Answer<T>,
  ): Promise<Outcome<T>> {
    const ownId = `W${this.#next++}`;
    const behaviour = this.script.get(transaction)?.shift() ?? 'accept';
    let done = 'refused' as Answer<T>;
    const outcome = await exchange({
      ...{ transaction, ownId, effect, body: Buffer.from('{}') },
      send: async () => {
        if (behaviour === 'unreachable') throw new WireError('nothing', 'connection refused');
        this.received.push(transaction);
        if (behaviour === 'lose-before') throw new WireError('maybe', 'connection reset');
        if (behaviour !== 'turn-away' && behaviour !== 'refuse') done = act(ownId);
        if (behaviour === 'lose-after') throw new WireError('maybe', 'connection reset');
        const word = behaviour === 'turn-away' || behaviour === 'rubbish-after' ? behaviour : 'judged';
        return { status: 200, contentType: 'text/plain', body: Buffer.from(word) };
      },
      judge: ({ body }) => {
        if (body.toString() === 'turn-away') return { kind: 'not-run', reason: '签名不一致!' };
        if (body.toString() === 'rubbish-after') return { kind: 'unknown', reason: 'not an answer' };
        return done === 'refused'
          ? { kind: 'refused', reason: '不符合条件' }
          : { kind: 'accepted', output: {} };
      },
    });
    const at = { exchangeId: outcome.exchangeId, transaction, ownId };
    if (outcome.kind !== 'accepted') return { kind: outcome.kind, reason: outcome.reason, at };
    return { kind: 'accepted', value: (done as { value: T }).value, at };
  }
}

/** An insurer with a ward. */
export class FakeHospitalInsurer extends FakeInsurer {
  readonly stays = new FakeWard();
}
