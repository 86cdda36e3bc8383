import t from 'tap';
import { startWorld } from '../end-to-end/world.ts';
import { type WrittenCall, writtenCalls } from './api-calls.ts';

interface Operation {
  readonly parameters?: readonly { in: string; name: string; required?: boolean }[];
}

/**
 * Calls whose path is handed to them: the paths themselves are written where they are handed over, and are checked
 * there.
 */
const HANDED: ReadonlySet<string> = new Set([
  'console/catalogues.tsx',
  'console/use-pages.ts',
  'review/use-matters.ts',
]);

const world = await startWorld(t);
const description = (await (await fetch(`${world.url}/openapi.json`)).json()) as {
  paths: Record<string, Record<string, Operation>>;
};
const { calls, paths } = writtenCalls();

/** `*` stands for a value; at the beginning for any path before it. */
function isThis(written: string, described: string): boolean {
  const [parts, own] = [written.split('/'), described.split('/')];
  if (written.startsWith('*')) parts.splice(0, 1, ...own.slice(0, own.length - parts.length + 1));
  return parts.length === own.length && parts.every((part, i) => isPart(part, own[i]!));
}

function isPart(written: string, described: string): boolean {
  if (written === described || written === '*') return true;
  return described.startsWith('{') && written.includes('*');
}

/** What a call may mean: where a value goes, a described value rather than a described word. */
function operationsOf({ methods, paths }: Pick<WrittenCall, 'methods' | 'paths'>) {
  return paths.flatMap((path) => {
    const fitting = Object.keys(description.paths).filter((described) => isThis(path, described));
    const values = (described: string) => described.split('{').length;
    const most = Math.max(...fitting.map(values));
    return methods.flatMap((method) =>
      fitting
        .filter((described) => values(described) === most)
        .map((described) => ({ described, operation: description.paths[described]![method.toLowerCase()] }))
        .filter(({ operation }) => operation !== undefined),
    );
  });
}

const demands = (operation: Operation | undefined, header: string) =>
  operation?.parameters?.some(
    ({ in: where, name, required }) => where === 'header' && name === header && required,
  );

t.test('the pages call the API', async (t) => {
  t.ok(calls.length > 20);
  t.ok(paths.length > 20);
});

t.test('every path that the pages write is one of the API’s', async (t) => {
  const described = Object.keys(description.paths);
  const unknown = paths.filter(({ path }) => !described.some((each) => isThis(path, each)));
  t.strictSame(unknown, []);
});

t.test('every call has a method and a path that the API describes', async (t) => {
  const isHanded = ({ methods, paths }: WrittenCall) => methods.length === 0 || paths.length === 0;
  const unknown = calls.filter((call) => !isHanded(call) && operationsOf(call).length === 0);
  t.strictSame(unknown, []);
  const handed = new Set(calls.filter(isHanded).map(({ place }) => place.split(':')[0]!));
  t.strictSame([...handed].sort(), [...HANDED].sort());
});

t.test(
  'what the API demands of a call is there: a key for what must happen once, the version changed',
  async (t) => {
    const lacking = calls.flatMap((call) => {
      const operations = operationsOf(call);
      const all = (header: string) =>
        operations.length > 0 && operations.every(({ operation }) => demands(operation, header));
      return [
        ...(all('idempotency-key') && !call.hasKey ? [`${call.place} sends no key`] : []),
        ...(all('if-match') && !call.hasVersion ? [`${call.place} names no version`] : []),
      ];
    });
    t.strictSame(lacking, []);
    const keyed = calls.filter((call) =>
      operationsOf(call).some(({ operation }) => demands(operation, 'idempotency-key')),
    );
    t.ok(keyed.length >= 3, 'and some calls must have one');
  },
);

t.test('the check itself finds what is wrong', async (t) => {
  const none = { hasKey: false, hasVersion: false };
  const at = (method: string, path: string) => operationsOf({ methods: [method], paths: [path], ...none });
  t.strictSame(at('POST', '/v1/settlement'), []);
  t.strictSame(at('DELETE', '/v1/settlements'), []);
  t.strictSame(
    at('GET', '/v1/settlements/*').map(({ described }) => described),
    ['/v1/settlements/{id}'],
  );
  t.strictSame(
    at('POST', '*/*/check').every(({ described }) => described.endsWith('/check')),
    true,
  );
  const [quote] = at('POST', '/v1/settlements');
  t.equal(demands(quote?.operation, 'idempotency-key'), true);
});
