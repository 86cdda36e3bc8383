import { type Clock, chinaDateTime } from '../../../src/clock.ts';
import type {
  Discharge,
  DividedLine,
  Exchange,
  Handle,
  LostExchange,
  Outcome,
  Stay,
  StayCharge,
  StayFlows,
} from '../../../src/settlement/port.ts';
import { firstOf, rowsOf } from './amounts.ts';
import type { Call } from './call.ts';
import { isRecord, textOf } from './envelope.ts';
import { type AcceptedDone, accepted, flow } from './flow.ts';
import { dividedRow, linesFault, resultRows } from './lines.ts';
import { benefitInput } from './outpatient.ts';
import { stayPointer } from './pointers.ts';
import type { Counter, Who } from './setting.ts';
import { admissionInput, changeInput, chargesInput, dischargeInput, withdrawalInput } from './stay-inputs.ts';
import { visitedOf } from './visited.ts';

/** A stay begins and is looked for this much earlier, since clocks differ. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** Stays in a ward at the platform: 2401–2405, 2301 and 2302, and 5303 to see who is in the ward. */
export class NhsaStays implements StayFlows {
  readonly #counter: Counter;
  readonly #clock: Clock;

  constructor(counter: Counter, clock: Clock) {
    this.#counter = counter;
    this.#clock = clock;
  }

  /** 1101, 2001, 2401. */
  admit(stay: Stay, exchange: Exchange): Promise<Outcome<Handle>> {
    return flow(async () => {
      const { configuration } = this.#counter;
      const visitor = await this.#counter.visitor(whoOf(stay), exchange);
      // 2401 wants the insured place in any case.
      const place = visitor.insuplc_admdvs || configuration.mdtrtareaAdmvs;
      const known = { ...visitor, insuplc_admdvs: place, mdtrt_id: '' };
      await this.#ask(
        stay,
        known,
        '2001',
        benefitInput(stay.medType, stay.admittedAt, visitor, configuration.fixmedinsCode),
        exchange,
      );
      const done = await this.#ask(
        stay,
        known,
        '2401',
        admissionInput(stay, known, configuration),
        exchange,
        (output) => (numberOf(output) ? undefined : '应答中没有就诊ID / the answer has no mdtrt_id'),
      );
      return { value: { ...known, mdtrt_id: numberOf(done.output) }, at: done.at };
    });
  }

  /** 2601, by the lost request's msgid. */
  undoAdmission(stay: Stay, lost: LostExchange, exchange: Exchange): Promise<Outcome<'undone'>> {
    return flow(async () => {
      const { psn_no, insuplc_admdvs, insutype } = await this.#counter.visitor(whoOf(stay), exchange);
      const done = await accepted(
        this.#counter.platform,
        {
          infno: '2601',
          input: { data: { psn_no, omsgid: lost.ownId, oinfno: lost.transaction } },
          operator: stay.operator,
          insuredPlace: insuplc_admdvs,
          insutype,
          alreadySo: this.#counter.platform.profile.nothingToUndo,
        },
        exchange,
      );
      return { value: 'undone', at: done.at };
    });
  }

  change(stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'changed'>> {
    const input = changeInput(stay, handle, this.#counter.configuration);
    return this.#told(stay, handle, '2403', input, exchange, 'changed');
  }

  cancel(stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'cancelled'>> {
    return this.#told(stay, handle, '2404', idsOf(handle), exchange, 'cancelled');
  }

  /** An answer that the lines are there already tells no more of them: then nothing is known of their division. */
  upload(
    stay: Stay,
    handle: Handle,
    charges: readonly StayCharge[],
    exchange: Exchange,
  ): Promise<Outcome<readonly DividedLine[]>> {
    return flow(async () => {
      const input = chargesInput(stay, handle, charges, this.#counter.decimals);
      const done = await this.#ask(stay, handle, '2301', input, exchange, (output) =>
        linesFault(output, charges),
      );
      return { value: dividedLines(done.output, charges), at: done.at };
    });
  }

  withdraw(
    stay: Stay,
    handle: Handle,
    charges: readonly StayCharge[],
    exchange: Exchange,
  ): Promise<Outcome<'withdrawn'>> {
    return this.#told(stay, handle, '2302', withdrawalInput(handle, charges), exchange, 'withdrawn');
  }

  discharge(
    stay: Stay,
    handle: Handle,
    discharge: Discharge,
    exchange: Exchange,
  ): Promise<Outcome<'discharged'>> {
    return this.#told(stay, handle, '2402', dischargeInput(stay, handle, discharge), exchange, 'discharged');
  }

  resume(stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'resumed'>> {
    return this.#told(stay, handle, '2405', idsOf(handle), exchange, 'resumed');
  }

  /** 5303; by the stay's number where the platform's is not known, for which 1101 is asked, too. */
  find(stay: Stay, handle: Handle | undefined, exchange: Exchange): Promise<Outcome<Handle | undefined>> {
    return flow(async () => {
      const known = handle ?? { ...(await this.#counter.visitor(whoOf(stay), exchange)), mdtrt_id: '' };
      const input = {
        data: {
          psn_no: known.psn_no ?? '',
          begntime: chinaDateTime(stay.admittedAt - LOOK_BACK_MS),
          endtime: chinaDateTime(this.#clock.now() + LOOK_BACK_MS),
        },
      };
      const done = await this.#ask(stay, known, '5303', input, exchange);
      const found = rowsOf(isRecord(done.output) ? done.output.data : undefined).find((row) =>
        handle ? textOf(row.mdtrt_id) === handle.mdtrt_id : textOf(row.ipt_otp_no) === stay.number,
      );
      const value = found && { ...known, mdtrt_id: textOf(found.mdtrt_id) };
      return { value, at: done.at };
    });
  }

  #told<T>(
    stay: Stay,
    handle: Handle,
    infno: string,
    input: unknown,
    exchange: Exchange,
    value: T,
  ): Promise<Outcome<T>> {
    return flow(async () => ({ value, at: (await this.#ask(stay, handle, infno, input, exchange)).at }));
  }

  #ask(
    stay: Stay,
    handle: Handle,
    infno: string,
    input: unknown,
    exchange: Exchange,
    check?: NonNullable<Call['check']>,
  ): Promise<AcceptedDone> {
    const { platform, configuration } = this.#counter;
    const call = {
      infno,
      input,
      operator: stay.operator,
      insuredPlace: visitedOf(handle).insuplc_admdvs,
      insutype: visitedOf(handle).insutype,
      alreadySo: configuration.alreadySo?.[infno] ?? [],
      placeOf: stayPointer,
      ...(check && { check }),
    };
    return accepted(platform, call, exchange);
  }
}

function whoOf({ identity, insutype, operator, admittedAt }: Stay): Who {
  return {
    identity,
    at: admittedAt,
    ...(insutype === undefined ? {} : { insutype }),
    ...(operator && { operator }),
  };
}

/** The stay's number in an answer of 2401; empty where it has none. */
function numberOf(output: unknown): string {
  return textOf(firstOf(isRecord(output) ? output.result : undefined).mdtrt_id);
}

function idsOf(handle: Handle) {
  const { mdtrt_id, psn_no } = visitedOf(handle);
  return { data: { mdtrt_id, psn_no } };
}

/** By their serials, or where the answer leaves those out, in the order in which they were sent. */
function dividedLines(output: unknown, charges: readonly StayCharge[]): DividedLine[] {
  const lineOf = new Map(charges.map(({ serial, line }) => [serial, line]));
  return resultRows(output).flatMap((row, index) => {
    const line = lineOf.get(textOf(row.feedetl_sn)) ?? charges[index]?.line;
    const divided = dividedRow(row);
    return line !== undefined && divided ? [{ line, ...divided }] : [];
  });
}
