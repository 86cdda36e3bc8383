import type { ErrorObject } from 'ajv/dist/2020.js';
import { Configuration, DeskConfiguration } from '../schemas/configuration.ts';
import { DirectoryFile } from '../schemas/directory.ts';
import { newAjv } from './schema-checks.ts';

/** Lines told at once; a file that is wrong all over is not read out. */
const LINES_MAX = 20;

const ajv = newAjv({ allErrors: true, verbose: true });
const schemas = { gateway: Configuration, desk: DeskConfiguration, directory: DirectoryFile };

/**
 * One line per wrong key of a gateway's or a desk's configuration, or of a directory: its path and what was expected. Never what stands
 * there: it may be a secret.
 */
export function problemsOf(value: unknown, of: keyof typeof schemas = 'gateway'): string[] {
  const validate = ajv.compile(schemas[of]);
  if (validate(value)) return [];
  const lines = ofMeantShapes(validate.errors ?? []).map(
    (error) => `${pathOf(error.instancePath)}: ${tell(error)}`,
  );
  return [...new Set(lines)].slice(0, LINES_MAX);
}

function pathOf(pointer: string): string {
  return pointer.slice(1).replaceAll('/', '.') || '(root)';
}

function tell(error: ErrorObject): string {
  const { additionalProperty, missingProperty, allowedValues, allowedValue } = error.params as Record<
    string,
    unknown
  >;
  if (additionalProperty !== undefined) return `未知的键 / unknown key "${String(additionalProperty)}"`;
  if (missingProperty !== undefined) return `缺少 / missing "${String(missingProperty)}"`;
  const allowed = allowedValues ?? (allowedValue === undefined ? undefined : [allowedValue]);
  if (allowed !== undefined) return `应为 / expected one of ${JSON.stringify(allowed)}`;
  const { description } = error.parentSchema as { description?: string };
  const expected = (error.message ?? error.keyword)
    .replace(/^must (be |match )?/, '')
    .replace(/^NOT have (fewer than)?/, (_, fewer?: string) => (fewer ? 'at least' : 'no'));
  return `应为 / expected ${expected}${description === undefined ? '' : ` (${description})`}`;
}

interface Shape {
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, { readonly const?: unknown }>>;
}

/**
 * A value that may take one of several shapes is told off by each of them. Only what the shape it was meant to be says
 * is of use; where none can be made out, which shapes there are. Shapes within shapes come first.
 */
function ofMeantShapes(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf');
  const innermostFirst = choices.sort((a, b) => b.schemaPath.length - a.schemaPath.length);
  return innermostFirst.reduce(withoutOtherShapes, errors);
}

function withoutOtherShapes(errors: readonly ErrorObject[], choice: ErrorObject): readonly ErrorObject[] {
  const shapes = choice.schema as readonly Shape[];
  const meant = meantShape(shapes, choice.data);
  const others = errors.filter((error) => error !== choice && !isWithin(error, choice, ''));
  const telling =
    meant === undefined
      ? [noShape(shapes, choice)]
      : errors.filter((error) => isWithin(error, choice, `/${meant}`));
  return [...others, ...telling];
}

function isWithin(error: ErrorObject, choice: ErrorObject, shape: string): boolean {
  return (
    error.schemaPath.startsWith(`${choice.schemaPath}${shape}/`) &&
    `${error.instancePath}/`.startsWith(`${choice.instancePath}/`)
  );
}

/** The keys that say which of several shapes a table is meant to be. */
const KINDS = ['kind', 'adapter'] as const;

/** The key by which these shapes are told apart, and what each has there. */
function kindsOf(shapes: readonly Shape[]): { key: string; kinds: unknown[] } | undefined {
  const key = KINDS.find((key) => shapes.every(({ properties }) => properties[key]?.const !== undefined));
  return key === undefined
    ? undefined
    : { key, kinds: shapes.map(({ properties }) => properties[key]?.const) };
}

/** By its kind, where the shapes have kinds; otherwise by the keys it has. */
function meantShape(shapes: readonly Shape[], data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const table = data as Record<string, unknown>;
  const by = kindsOf(shapes);
  const fitting = [...shapes.keys()].filter((index) =>
    by ? by.kinds[index] === table[by.key] : shapes[index]?.required?.every((key) => key in table),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

function noShape(shapes: readonly Shape[], choice: ErrorObject): ErrorObject {
  const by = kindsOf(shapes);
  const isTable = typeof choice.data === 'object' && choice.data !== null;
  if (by && isTable) {
    const instancePath = `${choice.instancePath}/${by.key}`;
    return { ...choice, instancePath, keyword: 'enum', params: { allowedValues: by.kinds } };
  }
  const tables = shapes.map(({ required = [] }) => `{ ${required.join(', ')} }`);
  return { ...choice, message: `must be ${tables.join(' or ')}` };
}
