import { type CodeTables, readCodeTables, readTransactions, type Transaction } from './data.ts';
import { type JsonSchema, type SchemaOptions, type Side, schemaOf } from './schema.ts';
import { type Check, Checks, type Problem } from './validator.ts';

/**
 * 定点医药机构接口规范 as a checker of messages. Reads its data when first asked, compiles each transaction's schema
 * when first used, and keeps both.
 */
export class Specification {
  readonly #options: SchemaOptions;
  readonly #requests = new Map<string, Check>();
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

  /** The JSON Schema of one side of a transaction. */
  schema(infno: string, side: Side): JsonSchema {
    const transaction = this.transactions().get(infno);
    if (!transaction) throw new Error(`no transaction ${infno}`);
    return schemaOf(transaction, side, this.#codeTables(), this.#options);
  }

  /** The first thing wrong with a request's `input`. */
  requestProblem(infno: string, input: unknown): Problem | undefined {
    let check = this.#requests.get(infno);
    if (!check) {
      this.#firstProblem ??= new Checks({ all: false });
      check = this.#firstProblem.check(this.schema(infno, 'input'));
      this.#requests.set(infno, check);
    }
    return check(input)[0];
  }

  /**
   * Where an answer's `output` departs from the specification. Only notes: an answer is not refused for a code or
   * a field the edition doesn't know, or for one it misses.
   */
  answerProblems(infno: string, output: unknown): readonly Problem[] {
    let check = this.#answers.get(infno);
    if (!check) {
      this.#allProblems ??= new Checks({ all: true });
      check = this.#allProblems.check(this.schema(infno, 'output'));
      this.#answers.set(infno, check);
    }
    return check(output);
  }

  #codeTables(): CodeTables {
    this.#tables ??= readCodeTables();
    return this.#tables;
  }
}
