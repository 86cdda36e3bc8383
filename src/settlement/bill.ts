import type { Identity } from '../../schemas/identity.ts';
import type { Place, ReferralSource, Setting } from '../../schemas/settlement-words.ts';
import type { Fen } from '../money.ts';

/** Who asks, for the insurer's own records. */
export interface Operator {
  readonly no: string;
  readonly name: string;
}

/** A bill to be settled, complete: nothing in it comes from the clock or the network. */
export interface Bill {
  readonly settlementId: string;
  /** The HIS's number of the bill; one live settlement each. */
  readonly billNumber: string;
  /** Counts quotes of the same settlement, so that nothing uploaded twice has the same serial number. */
  readonly attempt: number;
  readonly setting: Setting;
  readonly identity: Identity;
  readonly insutype?: string;
  readonly operator?: Operator;
  readonly visit: Visit;
  readonly diagnoses: readonly Diagnosis[];
  readonly charges: readonly Charge[];
  /** Whether the personal account may pay. */
  readonly useAccount: boolean;
  /** Whether the account of a family member may (共济); only with `useAccount`. */
  readonly useFamilyAccount?: boolean;
  readonly referral?: ReferralNote;
  /** The stay that is settled; with `inpatient` and `mid-stay`. */
  readonly stay?: StayNote;
  /** Where the purse's card lies, when the purse is among the payers. */
  readonly purseReaderId?: string;
  readonly totalFen: Fen;
  /** What is put to this payer: the total for the first, for every other what the payers before it left. */
  readonly leftFen: Fen;
  /** What the payers before have taken on, in order. */
  readonly before: readonly Share[];
}

/** What one payer took on. */
export interface Share {
  readonly insurer: string;
  readonly place: Place;
  readonly split: Split;
}

/** A referral that the visit follows. */
export interface ReferralNote {
  /** The referral's number, or the insurer's number of its filing (trt_dcla_detl_sn). */
  readonly number: string;
  readonly direction: 'up' | 'down' | 'across';
  /** Code and name of the institution that referred. */
  readonly fromCode: string;
  readonly fromName: string;
  /** yyyy-MM-dd. */
  readonly date: string;
  /** Ours, where it is on file here; none where the caller told of it. */
  readonly id?: string;
  /** Where it comes from; the caller told of it where nothing says otherwise. */
  readonly source?: ReferralSource;
}

/** The stay of an inpatient settlement. */
export interface StayNote {
  readonly id: string;
  /** What the adapter knows of the stay since its admission (visit number, person number): JSON. */
  readonly handle: Readonly<Record<string, string>>;
  /** Epoch ms; of a stay that goes on, the time up to which it is settled. */
  readonly endedAt: number;
}

export interface Visit {
  /** The HIS's number of the visit (门诊号). */
  readonly number: string;
  /** 医疗类别: 11 outpatient, … */
  readonly medType: string;
  readonly departmentCode: string;
  readonly departmentName: string;
  /** 科别. */
  readonly departmentClass: string;
  readonly doctorCode: string;
  readonly doctorName: string;
  /** Epoch ms. */
  readonly startedAt: number;
  /** The disease on file of a chronic visit (病种), where it isn't the first diagnosis. */
  readonly disease?: Diagnosis;
  /** An emergency: elsewhere than at home it counts as filed. */
  readonly emergency?: boolean;
  /** An injury (外伤), and whether a third party is liable. */
  readonly injury?: { readonly thirdParty: boolean };
  /** 就诊人群类型 (mdtrt_grp_type) in a public-health emergency: 1 confirmed, 2 another emergency, 3 suspected, 4 without symptoms. */
  readonly patientGroup?: string;
}

export interface Diagnosis {
  /** ICD-10, insurance edition. */
  readonly code: string;
  readonly name: string;
}

export interface Charge {
  /** The HIS's number of the line. */
  readonly line: string;
  /** National catalogue code (med_list_codg). */
  readonly nationalCode: string;
  /** The institution's own code (medins_list_codg). */
  readonly localCode: string;
  readonly name: string;
  /** Decimal text, up to 4 decimals. */
  readonly count: string;
  /** Yuan as decimal text, up to 6 decimals. */
  readonly price: string;
  readonly amountFen: Fen;
}

/**
 * Who pays what of `totalFen`, which is what was put to this payer: total = fund + account + paid + cash + hospital.
 * `cashFen` is left to the patient, and so to the next payer.
 */
export interface Split {
  readonly totalFen: Fen;
  readonly funds: readonly FundShare[];
  readonly fundFen: Fen;
  readonly accountFen: Fen;
  /** Paid by the patient to this payer: from the purse, by telephone, in cash. */
  readonly paidFen?: Fen;
  readonly cashFen: Fen;
  readonly hospitalFen: Fen;
  readonly fullOwnFen: Fen;
  readonly overLimitFen: Fen;
  readonly firstOwnFen: Fen;
  readonly inScopeFen: Fen;
  readonly deductibleFen: Fen;
  /** Balance of the account afterwards, where the insurer says. */
  readonly balanceFen?: Fen;
}

export interface FundShare {
  readonly fund:
    | 'pooled'
    | 'civil-servant'
    | 'enterprise'
    | 'serious-illness'
    | 'large-amount'
    | 'assistance'
    | 'disability'
    | 'other';
  /** The insurer's own field or code, as it came. */
  readonly code: string;
  readonly amountFen: Fen;
}

export interface Quote {
  readonly split: Split;
  /** What the adapter needs to settle (visit number, batch, uploaded sums): opaque to the core, JSON. */
  readonly handle: Readonly<Record<string, string>>;
}

export interface Settled {
  readonly split: Split;
  /** The insurer's number of the settlement (setl_id). */
  readonly number: string;
  /** When the insurer settled, epoch ms; statements go by it. */
  readonly settledAt: number;
  /** The group of the insurer's statement that it counts in. */
  readonly statementGroup?: string;
  readonly handle: Readonly<Record<string, string>>;
  /**
   * The amounts of the answer that don't add up, by the name of the rule each breaks. The insurer has settled, so it
   * is neither refused nor unknown; but with any fault a person must look before anybody pays.
   */
  readonly faults?: readonly string[];
}

export interface Reversed {
  /** A reversal is a settlement of its own, with its own number. */
  readonly number: string;
  readonly reversedAt: number;
  /** What in the answer doesn't match the settlement it reverses; with any, a person must look. */
  readonly faults?: readonly string[];
}
