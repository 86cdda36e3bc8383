import { isLosslessNumber } from 'lossless-json';
import { type Fen, fenOf } from '../../money.ts';
import type { Book, Person, SettlementRow, VisitRow } from './book.ts';
import { Refusal, type Request } from './envelope.ts';

export interface Context {
  readonly book: Book;
  readonly request: Request;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * One transaction's effect: the output, or a refusal. A `Refusal` that is thrown takes back all that was changed; one
 * that is returned keeps it. Inputs have been checked against the specification.
 */
export type Handler = (context: Context) => unknown;

export type Row = Readonly<Record<string, unknown>>;

export function personOf({ book }: Context, certno: string): Person {
  const person = book.person({ certno });
  if (!person) throw new Refusal('未查询到参保人信息');
  return person;
}

export function byNumber({ book }: Context, psnNo: string): Person {
  const person = book.person({ psn_no: psnNo });
  if (!person) throw new Refusal('未查询到人员编号');
  return person;
}

export function insuranceOf(person: Person, insutype: string): Person['insurances'][number] {
  const insurance = person.insurances.find((row) => row.insutype === insutype);
  if (!insurance) throw new Refusal('未查询到该险种的参保信息');
  if (insurance.psn_insu_stas !== '1') throw new Refusal('参保状态不正常,不能享受待遇');
  return insurance;
}

/** The visit a row names, which must be that person's. */
export function visitOf({ book }: Context, row: Row | SettlementRow): VisitRow {
  const visit = book.visit(text(row.mdtrt_id));
  if (!visit || visit.psn_no !== text(row.psn_no)) throw new Refusal('未查询到就诊信息');
  return visit;
}

export function data({ request }: Context): Row {
  return node(request.input, 'data');
}

export function node(input: unknown, name: string): Row {
  return rows(input, name)[0] ?? {};
}

export function rows(input: unknown, name: string): Row[] {
  const value = (input as Row | null)?.[name];
  return (Array.isArray(value) ? value : [value]).filter(
    (row): row is Row => typeof row === 'object' && row !== null,
  );
}

/** A value's text, of a number its exact digits. */
export function text(value: unknown): string {
  if (isLosslessNumber(value)) return value.value;
  return typeof value === 'string' ? value : '';
}

export function fen(value: unknown, field: string): Fen {
  const amount = fenOf(text(value));
  if (!amount.ok) throw new Refusal(`${field} 不是金额`);
  return amount.value;
}
