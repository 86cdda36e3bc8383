import { readFileSync } from 'node:fs';

/** One field of a node, as the edition prints it. */
export interface Field {
  readonly code: string;
  readonly name: string;
  readonly type: FieldType;
  readonly maxLength?: number;
  /** Digits in all, and digits after the point: n(16,2) is 16 and 2. */
  readonly precision?: number;
  readonly scale?: number;
  /** Its values come from the code table of the same name. */
  readonly coded?: boolean;
  readonly required?: boolean;
}

export type FieldType =
  | 'string'
  | 'decimal'
  | 'integer'
  | 'date'
  | 'datetime'
  | 'array'
  | 'object'
  | 'boolean'
  | 'bytes';

/** A node of a message. Without a name its fields stand directly in `input` or `output`. */
export interface MessageNode {
  readonly node: string | null;
  readonly title: string;
  readonly fields: readonly Field[];
}

export interface Transaction {
  readonly infno: string;
  readonly name: string;
  readonly input: readonly MessageNode[];
  readonly output: readonly MessageNode[];
}

export type CodeTables = Readonly<Record<string, { name: string; codes: Readonly<Record<string, string>> }>>;

/** Reads every transaction of the interface, by its number. */
export function readTransactions(): ReadonlyMap<string, Transaction> {
  const list = read('transactions.json') as Transaction[];
  return new Map(list.map((transaction) => [transaction.infno, transaction]));
}

export function readCodeTables(): CodeTables {
  return read('code-tables.json') as CodeTables;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`data/${name}`, import.meta.url), 'utf8'));
}
