import type { Fen } from '../../money.ts';
import type { LedgerRow } from './port.ts';

/** A visit opened by 2201. */
export interface VisitRow {
  readonly mdtrt_id: string;
  readonly psn_no: string;
  readonly insutype: string;
  readonly med_type: string;
  readonly ipt_otp_no: string;
}

/** A line uploaded by 2204. */
export interface LineRow {
  readonly feedetl_sn: string;
  readonly batch: string;
  readonly code: string;
  readonly count: string;
  readonly amount: Fen;
  /** The settlement that took it. */
  readonly setl_id: string | null;
}

/** A settlement or the reversal of one. */
export interface SettlementRow {
  readonly setl_id: string;
  readonly msgid: string;
  readonly infno: string;
  readonly mdtrt_id: string;
  readonly psn_no: string;
  readonly insutype: string;
  readonly batch: string;
  readonly bill_number: string;
  readonly year: string;
  readonly shares: string;
  readonly state: LedgerRow['state'];
  readonly reverses: string | null;
  readonly settled_at: number;
}

/** What of a settlement, or of an order, counts into the year's use. */
export type Counted = Pick<SettlementRow, 'psn_no' | 'insutype' | 'year' | 'shares'>;

export const TABLES = `
  create table if not exists sessions (sign_no text primary key, opter text not null, day text not null);
  create table if not exists messages (msgid text primary key, cancelled integer not null);
  create table if not exists numbers (name text primary key, value integer not null);
  create table if not exists accounts (psn_no text, insutype text, balance integer not null,
    primary key (psn_no, insutype));
  create table if not exists used (psn_no text, insutype text, year text, used text not null,
    primary key (psn_no, insutype, year));
  create table if not exists visits (mdtrt_id text primary key, psn_no text not null, insutype text not null,
    med_type text not null, ipt_otp_no text not null);
  create table if not exists lines (mdtrt_id text, feedetl_sn text, batch text not null, code text not null,
    count text not null, amount integer not null, setl_id text, primary key (mdtrt_id, feedetl_sn));
  create table if not exists settlements (setl_id text primary key, msgid text not null unique, infno text not null,
    mdtrt_id text not null, psn_no text not null, insutype text not null, batch text not null,
    bill_number text not null, year text not null, shares text not null, state text not null, reverses text,
    settled_at integer not null);
`;
