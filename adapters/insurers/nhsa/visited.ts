import type { Handle, Insurance } from '../../../src/settlement/port.ts';

/** What a flow has found out about the person and the visit; becomes the quote's handle, or the stay's. */
export interface Visited {
  readonly psn_no: string;
  readonly psn_type: string;
  readonly insutype: string;
  readonly insuplc_admdvs: string;
  /** Empty where the visit has no number before it is settled, as at a pharmacy. */
  readonly mdtrt_id: string;
  /** The batch of a visit's charges; empty for a stay, which has none. */
  readonly chrg_bchno: string;
}

/** Who and what a visit is opened for, before it has a number. */
export type Visitor = Omit<Visited, 'mdtrt_id' | 'chrg_bchno'>;

export function visitorOf(personNumber: string, insurance: Insurance): Visitor {
  return {
    psn_no: personNumber,
    psn_type: insurance.personType,
    insutype: insurance.insutype,
    insuplc_admdvs: insurance.insuredPlace,
  };
}

export function visitedOf(handle: Handle): Visited {
  const of = (key: keyof Visited) => handle[key] ?? '';
  return {
    psn_no: of('psn_no'),
    psn_type: of('psn_type'),
    insutype: of('insutype'),
    insuplc_admdvs: of('insuplc_admdvs'),
    mdtrt_id: of('mdtrt_id'),
    chrg_bchno: of('chrg_bchno'),
  };
}
