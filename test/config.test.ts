import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import t, { type Test } from 'tap';
import { Configuration } from '../schemas/configuration.ts';
import {
  ConfigurationError,
  checkConfiguration,
  DEFAULT_CONFIGURATION_FILE,
  readConfiguration,
  readDeskConfiguration,
  readSecret,
} from '../src/config.ts';
import { temporaryFolder } from './helper.ts';

const defaultText = readFileSync(DEFAULT_CONFIGURATION_FILE, 'utf8');

function fileWith(t: Test, text: string): string {
  const file = join(temporaryFolder(t), 'yikatong.toml');
  writeFileSync(file, text);
  return file;
}

/** What a person is told of a configuration file with this text; nothing where it is good. */
function complaintAbout(t: Test, text: string): string | undefined {
  try {
    readConfiguration(fileWith(t, text));
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message;
  }
}

/** The names of every key the schema knows, however deep. */
function keysOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const {
    properties = {},
    items,
    anyOf = [],
  } = schema as {
    properties?: Record<string, unknown>;
    items?: unknown;
    anyOf?: unknown[];
  };
  const deeper = [...Object.values(properties), items, ...anyOf].flatMap(keysOf);
  return [...new Set([...Object.keys(properties), ...deeper])];
}

/**
 * The example sections of the default file, without their number signs. A key that stands twice in a section shows an
 * alternative: each is tried once.
 */
function examples(): { section: string; variants: string[] }[] {
  const [, ...sections] = defaultText.split(/^# (?=\[\[)/m);
  return sections.map((text) => {
    const lines = text.split('\n').filter((line, i) => i === 0 || /^# \w+ = /.test(line));
    const keyed = lines.map((line) => line.replace(/^# /, ''));
    const keyOf = (line: string) => /^\w+(?= = )/.exec(line)?.[0] ?? line;
    const repeated = keyed.filter((line) => keyed.filter((other) => keyOf(other) === keyOf(line)).length > 1);
    const plain = keyed.filter((line) => !repeated.includes(line));
    const variants = repeated.length === 0 ? [plain] : repeated.map((line) => [...plain, line]);
    return { section: keyed[0]!, variants: variants.map((variant) => variant.join('\n')) };
  });
}

t.test('the default file is a configuration as it stands', async (t) => {
  t.equal(complaintAbout(t, defaultText), undefined);
  t.same(readConfiguration(undefined), readConfiguration(fileWith(t, defaultText)));
  t.match(readConfiguration(undefined), {
    gateway: { host: '127.0.0.1', port: 7300 },
    store: { kind: 'sqlite' },
    readers: [],
    clients: [],
  });
});

t.test('every key of the schema stands in the default file, with a sentence', async (t) => {
  const keys = keysOf(Configuration);
  t.ok(keys.length > 50);
  const missing = keys.filter((key) => !new RegExp(`(^|[\\s{,[])${key}(\\s*=|\\])`, 'm').test(defaultText));
  t.same(missing, []);
});

t.test('the examples of the default file work when their number signs are removed', async (t) => {
  const found = examples();
  t.same(
    [...new Set(found.map(({ section }) => section))],
    ['[[clients]]', '[[readers]]', '[[insurers]]', '[[organisations]]', '[[reports]]'],
  );
  for (const { section, variants } of found) {
    for (const variant of variants) {
      const text = variant.replace('<64 hex digits>', '0'.repeat(64));
      t.equal(complaintAbout(t, `${defaultText}\n${text}`), undefined, `${section}\n${text}`);
    }
  }
  const postgres = defaultText.match(/^# {3}(kind|url|connectionsMax) = .*$/gm)!;
  t.equal(postgres.length, 3);
  const store = postgres.map((line) => line.replace(/^# +/, '')).join('\n');
  t.equal(complaintAbout(t, `[store]\n${store}`), undefined);
});

t.test('a key in a table replaces one default, a list the whole list, a store the whole store', async (t) => {
  const file = fileWith(t, '[gateway]\nport = 8000\n[store]\nkind = "postgres"\nurl = { env = "DB" }');
  const configuration = readConfiguration(file);
  t.same(configuration.gateway, { ...readConfiguration(undefined).gateway, port: 8000 });
  t.same(configuration.store, { kind: 'postgres', url: { env: 'DB' } });
});

const reader = '[[readers]]\nid = "a"\ndialect = "sam-v"\n';
const organisation = '[[organisations]]\ncode = "H1111"\nname = "x"\nlevel = "county"\n';
const insurer = `[[insurers]]
id = "nhsa"
adapter = "nhsa"
url = "http://127.0.0.1:1"
fixmedinsCode = "H11111100001"
fixmedinsName = "x"
mdtrtareaAdmvs = "111111"
recerSysCode = "FSI"
infver = "V1.0"
operator = { no = "001", name = "x" }
`;

t.test('what is wrong is told with its path and what was expected, and nothing else', async (t) => {
  const cases: [text: string, ...lines: RegExp[]][] = [
    ['[gateway]\nport = "7300"', /^gateway\.port: .*expected integer$/],
    ['[gateway]\nport = 7300.5', /^gateway\.port: .*integer$/],
    ['[gateway]\nport = 65536', /^gateway\.port: .*<= 65535$/],
    ['[gateway]\nport = -1', /^gateway\.port: .*>= 0$/],
    ['[gateway]\nhost = 2020-01-01', /^gateway\.host: .*string$/],
    ['[gateway]\nhost = ""', /^gateway\.host: .*at least 1 characters$/],
    ['[gateway]\nprot = 1', /^gateway: .*unknown key "prot"$/],
    ['gateway = 3', /^gateway: .*expected object$/],
    ['nonsense = 1', /^\(root\): .*unknown key "nonsense"$/],
    ['[__proto__]\nport = 1', /^\(root\): .*unknown key "__proto__"$/],
    ['[log]\nlevel = "loud"', /^log\.level: .*one of \["silent","error","warn","info","debug"\]$/],
    ['[store]\nkind = "mysql"\nfile = "x"', /^store\.kind: .*one of \["sqlite","postgres"\]$/],
    ['[store]\nfile = "x"', /^store\.kind: .*one of \["sqlite","postgres"\]$/],
    ['[store]\nkind = "sqlite"', /^store: .*missing "file"$/],
    ['[store]\nkind = "postgres"', /^store: .*missing "url"$/],
    [
      '[store]\nkind = "postgres"\nurl = { env = "X" }\nfile = "x"\nconnectionsMax = 1',
      /^store: .*unknown key "file"$/,
      /^store\.connectionsMax: .*>= 2$/,
    ],
    ['dataKey = "secret"', /^dataKey: .*expected \{ file \} or \{ env \}$/],
    ['[dataKey]\nvalue = "secret"', /^dataKey: .*expected \{ file \} or \{ env \}$/],
    ['[dataKey]\nenv = "A"\nfile = "b"', /^dataKey: .*expected \{ file \} or \{ env \}$/],
    ['[dataKey]\nenv = ""', /^dataKey\.env: .*at least 1 characters/],
    ['[dataKey]\nenv = "A"\ntrim = true', /^dataKey: .*unknown key "trim"$/],
    ['[organisation]\nlevel = "hamlet"', /^organisation\.level: .*one of \["village",/],
    ['[organisation]\ncode = "!"', /^organisation\.code: .*pattern .*机构编码/],
    [
      '[[clients]]\nid = "His"\nkeyHash = "12"\nscopes = ["all"]',
      /^clients\.0\.id: .*pattern/,
      /^clients\.0\.keyHash: .*npm run key/,
      /^clients\.0\.scopes\.0: .*one of \["reader:read",/,
    ],
    ['[[clients]]\nid = "his"', /^clients\.0: .*"keyHash"$/, /^clients\.0: .*"scopes"$/],
    ['clients = "his"', /^clients: .*array$/],
    [reader, /^readers\.0: .*missing "transport"$/],
    [
      `${reader}transport = { kind = "usb" }`,
      /^readers\.0\.transport\.kind: .*one of \["serial","tcp","hid","vpcd","library"\]$/,
    ],
    [`${reader}transport = { path = "/dev/x" }`, /^readers\.0\.transport\.kind: .*one of/],
    [
      `${reader}transport = "/dev/x"`,
      /^readers\.0\.transport: .*\{ kind \} or \{ kind, host, port \} or .*\{ kind, file \}$/,
    ],
    [
      `${reader}transport = { kind = "serial", path = "/dev/x", baud = 9600 }`,
      /^readers\.0\.transport: .*unknown key "baud"$/,
    ],
    [
      `${reader}transport = { kind = "tcp", host = "x", port = 70000 }`,
      /^readers\.0\.transport\.port: .*<= 65535$/,
    ],
    [
      `${insurer}signing = { kind = "md5" }`,
      /^insurers\.0\.signing\.kind: .*one of \["tif","csb","plain","none"\]$/,
    ],
    [
      `${insurer}signing = { kind = "tif", paasId = "x", secret = "secret" }`,
      /^insurers\.0\.signing\.secret: .*expected \{ file \} or \{ env \}$/,
    ],
    [
      `${insurer}signing = { kind = "none" }\nchecking = "loose"\ntimeoutMs = 10`,
      /^insurers\.0\.timeoutMs: .*>= 1000$/,
      /^insurers\.0\.checking: .*one of \["strict","lenient"\]$/,
    ],
    ['[[insurers]]\nid = "x"\nadapter = "nrcms"', /^insurers\.0\.adapter: .*one of \["nhsa",.*"cash".*\]$/],
    [
      '[[insurers]]\nid = "x"\nadapter = "nrcms-jiangsu"\nurl = "http://x"\nhospitalCode = "1"\noperator = { no = "1" }',
      /^insurers\.0: .*missing "frontEnd"$/,
    ],
    [
      `${organisation}link = { kind = "http", url = "ftp://x", secret = { env = "X" } }`,
      /^organisations\.0\.link\.url: .*pattern/,
    ],
  ];
  for (const [text, ...expected] of cases) {
    const [heading, ...lines] = (complaintAbout(t, text) ?? '').split('\n');
    t.match(heading, /the configuration is wrong/, text);
    t.equal(lines.length, expected.length, `${text}\n${lines.join('\n')}`);
    for (const [i, line] of expected.entries()) t.match(lines[i]?.trim(), line, text);
    t.notMatch(lines.join('\n'), /secret"/, 'what stands there is not repeated: it may be a secret');
  }
});

t.test('a file that is wrong all over is told of in a few lines', async (t) => {
  const many = Array.from({ length: 150 }, (_, i) => `[[readers]]\nid = "R${i}"`).join('\n');
  t.ok(complaintAbout(t, many)!.split('\n').length < 25);
});

t.test('a syntax error is told with its line and column, a missing file with its name', async (t) => {
  t.match(complaintAbout(t, '[gateway]\nport = \n'), /line 2, column 8.*yikatong\.toml/);
  t.match(complaintAbout(t, '[gateway]\nport = 1\nport = 2'), /line 3/);
  t.throws(() => readConfiguration('/nowhere/yikatong.toml'), {
    name: 'ConfigurationError',
    message: /\/nowhere\/yikatong\.toml \(ENOENT\)/,
  });
  t.throws(() => readConfiguration(temporaryFolder(t)), { message: /EISDIR/ });
});

t.test('an id that is used twice is named', async (t) => {
  const twice = (text: string) => complaintAbout(t, `${text}\n${text}`);
  t.match(twice(`${reader}transport = { kind = "tcp", host = "x", port = 1 }`), /readers: .*twice: "a"/);
  t.match(twice(`${insurer}signing = { kind = "none" }`), /insurers: .*twice: "nhsa"/);
  t.match(twice(organisation), /organisations: .*twice: "H1111"/);
  const client = `[[clients]]\nid = "his"\nkeyHash = "${'0'.repeat(64)}"\nscopes = ["reader:read"]`;
  t.match(twice(client), /clients: .*twice: "his"/);
});

t.test('pages without a key act as a client that there is', async (t) => {
  const pages = '[cards]\noriginClient = "pages"';
  const client = `[[clients]]\nid = "pages"\nkeyHash = "${'0'.repeat(64)}"\nscopes = ["reading:write"]`;
  t.match(complaintAbout(t, pages), /cards\.originClient: .*no client "pages"/);
  t.equal(complaintAbout(t, `${pages}\n${client}`), undefined);
});

t.test('what a program puts together is checked as a file is', async (t) => {
  t.throws(() => checkConfiguration({}), { name: 'ConfigurationError', message: /missing "gateway"/ });
  t.throws(() => checkConfiguration(null), { message: /\(root\): .*object/ });
  const lists = { clients: [], readers: [], insurers: [], organisations: [] };
  t.same(checkConfiguration({ ...parse(defaultText), ...lists }), readConfiguration(undefined));
});

t.test('codes can only be decoded by an insurer that is configured', async (t) => {
  const defaults = readConfiguration(undefined);
  const insuranceCode = { kind: 'transaction', insurer: 'nhsa' };
  t.throws(() => checkConfiguration({ ...defaults, cards: { ...defaults.cards, insuranceCode } }), {
    name: 'ConfigurationError',
    message: /cards\.insuranceCode\.insurer: .*"nhsa"/,
  });
});

t.test('a secret is read from its file or its variable, and trimmed', async (t) => {
  process.env.YIKATONG_TEST_SECRET = ' from the environment\n';
  t.teardown(() => delete process.env.YIKATONG_TEST_SECRET);
  t.equal(readSecret({ env: 'YIKATONG_TEST_SECRET' }, 'dataKey'), 'from the environment');
  t.equal(readSecret({ file: fileWith(t, 'from the file\r\n') }, 'dataKey'), 'from the file');
});

t.test('a secret that is not there is told with its key and its place', async (t) => {
  t.throws(() => readSecret({ env: 'YIKATONG_NOT_SET' }, 'store.url'), {
    name: 'ConfigurationError',
    message: /store\.url .*\$YIKATONG_NOT_SET/,
  });
  t.throws(() => readSecret({ file: '/nowhere/key' }, 'dataKey'), { message: /dataKey.*\/nowhere\/key/ });
  const blank = fileWith(t, ' \n');
  t.throws(() => readSecret({ file: blank }, 'dataKey'), { message: new RegExp(`dataKey .*${blank}`) });
});

t.test('a file with a [desk] table is the configuration of a desk, and checked as one', async (t) => {
  const desk = (readerId: string, more = '') => `[desk]
gateway = "wss://10.0.0.2:7300"
key = { file = "desk-key" }
${more}
[[readers]]
id = "${readerId}"
dialect = "sam-v"
transport = { kind = "serial", path = "/dev/ttyUSB0" }
`;
  t.match(readDeskConfiguration(fileWith(t, desk('reader'))), {
    desk: { gateway: 'wss://10.0.0.2:7300' },
    log: { level: 'info' },
    readers: [{ id: 'reader', dialect: 'sam-v' }],
  });
  t.equal(readDeskConfiguration(fileWith(t, '[gateway]\nport = 1\n')), undefined);
  const told = (text: string) => {
    try {
      return readDeskConfiguration(fileWith(t, text));
    } catch (error) {
      return (error as Error).message;
    }
  };
  t.match(told(desk('a'.repeat(32))), /more than 31 characters/);
  t.match(told(desk('reader', '[store]\nkind = "sqlite"\nfile = "x"')), /unknown key "store"/);
  t.match(told(`${desk('reader')}${desk('reader').split('\n').slice(4).join('\n')}`), /used twice: "reader"/);
});
