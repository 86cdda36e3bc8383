import type { Identity } from '../../schemas/identity.ts';
import type { Fen } from '../money.ts';
import type { Charge, Diagnosis, Operator, ReferralNote } from './bill.ts';
import type { LostExchange } from './insurer.ts';
import type { Exchange, Outcome } from './wire.ts';

/** What an insurer offers for stays in a ward. None of it moves money; the settlement of a stay does. */
export interface StayFlows {
  /** 2401: opens the stay at the insurer. The handle goes with everything that follows. */
  admit(stay: Stay, exchange: Exchange): Promise<Outcome<Handle>>;
  /** Undoes an admission whose answer was lost, by the id we gave it. */
  undoAdmission(stay: Stay, lost: LostExchange, exchange: Exchange): Promise<Outcome<'undone'>>;
  /** 2403: what was told at the admission has changed. */
  change(stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'changed'>>;
  /** 2404: the patient was never admitted after all. */
  cancel(stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'cancelled'>>;
  /**
   * 2301: charges, as they arise, up to 100. Sent again under the same serials it has no further effect: where the
   * insurer says that it has them already, that is accepted, with nothing told of their division.
   */
  upload(
    stay: Stay,
    handle: Handle,
    charges: readonly StayCharge[],
    exchange: Exchange,
  ): Promise<Outcome<readonly DividedLine[]>>;
  /** 2302: takes charges back that no settlement has taken. */
  withdraw(
    stay: Stay,
    handle: Handle,
    charges: readonly StayCharge[],
    exchange: Exchange,
  ): Promise<Outcome<'withdrawn'>>;
  /** 2402. */
  discharge(
    stay: Stay,
    handle: Handle,
    discharge: Discharge,
    exchange: Exchange,
  ): Promise<Outcome<'discharged'>>;
  /** 2405: the stay goes on. */
  resume(stay: Stay, handle: Handle, exchange: Exchange): Promise<Outcome<'resumed'>>;
  /**
   * 5303: the stay as the insurer has it in the ward, which tells whether a lost act took place; nothing where it has
   * none. By the stay's own number where no handle is known. An insurer that can't be asked leaves it out.
   */
  find?(stay: Stay, handle: Handle | undefined, exchange: Exchange): Promise<Outcome<Handle | undefined>>;
}

export type Handle = Readonly<Record<string, string>>;

/** A stay, as the HIS told it. */
export interface Stay {
  readonly id: string;
  /** The HIS's number of the stay (住院号); one live stay each. */
  readonly number: string;
  readonly identity: Identity;
  readonly insutype?: string;
  readonly operator?: Operator;
  /** 医疗类别: 21 or 2101 ordinary, 51 birth, … */
  readonly medType: string;
  /** Epoch ms. */
  readonly admittedAt: number;
  readonly departmentCode: string;
  readonly departmentName: string;
  readonly departmentClass: string;
  readonly doctorCode: string;
  readonly doctorName: string;
  readonly bed?: string;
  readonly ward?: string;
  /** The main diagnosis first. */
  readonly diagnoses: readonly Diagnosis[];
  /** 主要病情描述. */
  readonly condition?: string;
  readonly emergency?: boolean;
  readonly injury?: { readonly thirdParty: boolean };
  readonly referral?: ReferralNote;
  /** 就诊人群类型, 1–4: see `Visit.patientGroup`. */
  readonly patientGroup?: string;
}

export interface StayCharge extends Charge {
  /** The number of the line at the insurer (feedetl_sn): digits, given by the core, unique within the stay for ever. */
  readonly serial: string;
  /** Epoch ms. */
  readonly occurredAt: number;
}

/** How the insurer divided an uploaded line. */
export interface DividedLine {
  readonly line: string;
  readonly fullOwnFen: Fen;
  readonly overLimitFen: Fen;
  readonly firstOwnFen: Fen;
  readonly inScopeFen: Fen;
}

export interface Discharge {
  /** Epoch ms. */
  readonly at: number;
  /** 离院方式: 1 on the doctor's word, 2 to another hospital, 3 to a township or community centre, 4 against advice, 5 died, 9 other. */
  readonly way: string;
  readonly departmentCode: string;
  readonly departmentName: string;
  readonly bed?: string;
  readonly diagnoses: readonly Diagnosis[];
}
