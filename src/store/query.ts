import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Tables } from './tables.ts';

export type Dialect = 'sqlite' | 'postgres';

/** A builder that compiles SQL for one dialect and never runs any. */
const compilers: Record<Dialect, Kysely<Tables>> = {
  sqlite: new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  }),
  postgres: new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }),
};

export interface Compilable {
  compile(): { readonly sql: string; readonly parameters: readonly unknown[] };
}

/** Stands for a named argument while a query is compiled. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** One compiled statement: its text, and for each parameter either a constant or the argument it takes. */
export interface Statement {
  readonly sql: string;
  readonly bind: (args: object) => unknown[];
}

/** `arg('id')` marks the place where the value of `args.id` goes. */
export type Arg<A> = <K extends keyof A & string>(name: K) => A[K];

/**
 * A named query: built with Kysely once per dialect, run as a prepared statement for ever after.
 * `A` is the shape of its arguments, `R` of its rows. `hot` marks the queries whose plan a test asserts.
 */
export interface Query<A extends object, R> {
  readonly name: string;
  readonly hot: boolean;
  statement(dialect: Dialect): Statement;
  /** Never present; carries the types. */
  readonly shape?: { args: A; row: R };
}

type Build<A> = (db: Kysely<Tables>, arg: Arg<A>, dialect: Dialect) => Compilable;

/** Defines a named query. Give `hot: true` to those a request waits for. */
export function query<A extends object, R = never>(
  name: string,
  build: Build<A>,
  options: { hot?: boolean } = {},
): Query<A, R> {
  const compiled: Partial<Record<Dialect, Statement>> = {};
  const self: Query<A, R> = {
    name,
    hot: options.hot ?? false,
    statement(dialect) {
      compiled[dialect] ??= compile(name, build, dialect);
      return compiled[dialect];
    },
  };
  register(self as Query<object, unknown>);
  return self;
}

/** PostgreSQL knows a prepared statement by its name, and cuts off what is longer. */
const NAME_LENGTH_MAX = 63;

const registry = new Map<string, Query<object, unknown>>();

function register(query: Query<object, unknown>): void {
  if (registry.has(query.name)) throw new Error(`two queries are named ${query.name}`);
  if (!/^[\w.-]+$/.test(query.name) || query.name.length > NAME_LENGTH_MAX) {
    throw new Error(
      `a query's name is up to ${NAME_LENGTH_MAX} letters, digits, dots and hyphens: ${query.name}`,
    );
  }
  registry.set(query.name, query);
}

/** Every named query that has been defined, for the test that asserts their plans. */
export function definedQueries(): readonly Query<object, unknown>[] {
  return [...registry.values()];
}

/** A named insert of one whole row; every column is an argument of its own name. */
export function insertion<T extends keyof Tables & string>(
  name: string,
  table: T,
  columns: readonly (keyof Tables[T] & string)[],
): Query<Tables[T], never> {
  return query<Tables[T]>(name, (db, arg) => {
    const values = Object.fromEntries(columns.map((column) => [column, arg(column)]));
    return db.insertInto(table).values(values as never);
  });
}

/** Compiles a query that is built anew for each call, such as a list with filters. */
export function compileOnce(build: (db: Kysely<Tables>) => Compilable, dialect: Dialect) {
  const { sql, parameters } = build(compilers[dialect]).compile();
  const bad = parameters.find((parameter) => !storable(parameter));
  if (bad !== undefined || parameters.includes(undefined))
    throw new TypeError(`a list's value ${whyNot(bad)}`);
  return { sql, parameters };
}

function compile<A>(name: string, build: Build<A>, dialect: Dialect): Statement {
  const arg = ((key: string) => new Slot(key)) as Arg<A>;
  const { sql, parameters } = build(compilers[dialect], arg, dialect).compile();
  const slots = parameters.map((parameter) => (parameter instanceof Slot ? parameter.name : undefined));
  const bind = (args: object): unknown[] => {
    const values: unknown[] = new Array(parameters.length);
    for (let i = 0; i < parameters.length; i++) {
      const slot = slots[i];
      const value = slot === undefined ? parameters[i] : (args as Record<string, unknown>)[slot];
      if (!storable(value))
        throw new TypeError(`query ${name}: ${slot ?? `constant ${i + 1}`} ${whyNot(value)}`);
      values[i] = value;
    }
    return values;
  };
  return { sql, bind };
}

/** What both databases keep alike: text, whole numbers, bytes and null. Never a float, a boolean or undefined. */
function storable(value: unknown): boolean {
  if (typeof value === 'string' || value === null) return true;
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return value instanceof Uint8Array;
}

/** Says what was wrong with a value without telling the value. */
function whyNot(value: unknown): string {
  if (value === undefined) return 'is missing (undefined); null is written as null';
  if (typeof value === 'number') return 'is not a whole number that is exact';
  return `is of a type the store does not keep (${typeof value}); flags are 0 or 1, JSON is text`;
}
