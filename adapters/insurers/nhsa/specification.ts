import {
  type CodeTables,
  type MessageNode,
  readCodeTables,
  readTransactions,
  type Transaction,
} from './data.ts';
import { type JsonSchema, type SchemaOptions, type Side, schemaOf } from './schema.ts';
import { type Check, Checks, type Problem } from './validator.ts';

/**
 * 定点医药机构接口规范 as a checker of messages. Reads its data when first asked, compiles each transaction's schema
 * when first used, and keeps both.
 */
export class Specification {
  readonly #options: SchemaOptions;
  readonly #requests = new Map<string, Check>();
  readonly #noted = new Map<string, Check>();
  readonly #answers = new Map<string, Check>();
  #transactions: ReadonlyMap<string, Transaction> | undefined;
  #tables: CodeTables | undefined;
  #firstProblem: Checks | undefined;
  #allProblems: Checks | undefined;

  constructor(options: SchemaOptions = { checking: 'strict' }) {
    this.#options = options;
  }

  /** Every transaction, in the edition's order. */
  transactions(): ReadonlyMap<string, Transaction> {
    this.#transactions ??= readTransactions();
    return this.#transactions;
  }

  has(infno: string): boolean {
    return this.transactions().has(infno);
  }

  /** The nodes of a transaction's answer; none of one that isn't known. */
  answerNodes(infno: string): readonly MessageNode[] {
    return this.transactions().get(infno)?.output ?? [];
  }

  /** The codes that a field may hold; none where it has no table. */
  codesOf(field: string): readonly string[] {
    const tables = this.#codeTables();
    return Object.hasOwn(tables, field) ? Object.keys(tables[field]?.codes ?? {}) : [];
  }

  /** The JSON Schema of one side of a transaction. */
  schema(infno: string, side: Side, options = this.#options): JsonSchema {
    const transaction = this.transactions().get(infno);
    if (!transaction) throw new Error(`no transaction ${infno}`);
    return schemaOf(transaction, side, this.#codeTables(), options);
  }

  /** The first thing wrong with a request's `input`. */
  requestProblem(infno: string, input: unknown): Problem | undefined {
    this.#firstProblem ??= new Checks({ all: false });
    return checkOf(this.#requests, infno, this.#firstProblem, () => this.schema(infno, 'input'))(input)[0];
  }

  /** Where a request that a lenient province takes departs from the specification all the same. */
  requestNotes(infno: string, input: unknown): readonly Problem[] {
    if (this.#options.checking === 'strict') return [];
    return this.#strictly(this.#noted, infno, 'input')(input);
  }

  /**
   * Where an answer's `output` departs from the specification. Only notes: an answer is not refused for a code or
   * a field the edition doesn't know, or for one it misses.
   */
  answerProblems(infno: string, output: unknown): readonly Problem[] {
    return this.#strictly(this.#answers, infno, 'output')(output);
  }

  #strictly(known: Map<string, Check>, infno: string, side: Side): Check {
    this.#allProblems ??= new Checks({ all: true });
    return checkOf(known, infno, this.#allProblems, () =>
      this.schema(infno, side, { ...this.#options, checking: 'strict' }),
    );
  }

  #codeTables(): CodeTables {
    this.#tables ??= readCodeTables();
    return this.#tables;
  }
}

/** The check that is known already, or a new one. */
function checkOf(known: Map<string, Check>, infno: string, checks: Checks, schema: () => JsonSchema): Check {
  let check = known.get(infno);
  if (!check) {
    check = checks.check(schema());
    known.set(infno, check);
  }
  return check;
}
