import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import t from 'tap';
import { createNhsaInsurer } from '../../../../adapters/insurers/nhsa/adapter.ts';
import { loadProfile, lookUp, profileNames, profileOf } from '../../../../adapters/insurers/nhsa/profile.ts';
import { judgeAnswer } from '../../../../adapters/insurers/nhsa/verdict.ts';
import { InsurerProfile, NationalProfile } from '../../../../schemas/insurer-profile.ts';
import { startVirtualInsurer } from '../../../../src/sandbox/insurer/server.ts';
import { TestClock, temporaryFolder, temporaryStore } from '../../../helper.ts';
import {
  configurationOf,
  Journal,
  liveSettlements,
  must,
  SIGNING,
  sampleBill,
  specification,
} from './helper.ts';

const URL_ = 'http://127.0.0.1:1';

function fileOf(name: string): unknown {
  const file = new URL(`../../../../adapters/insurers/nhsa/profiles/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

t.test('each profile loads, says where each fact is from, and is whole', async (t) => {
  t.same(profileNames(), ['guangdong', 'hainan', 'hebei', 'hunan', 'national']);
  const ajv = new Ajv2020({ strict: false });
  const whole = Object.keys(loadProfile('national')).sort();
  for (const name of profileNames()) {
    const schema = name === 'national' ? NationalProfile : InsurerProfile;
    t.ok(ajv.compile(schema)(fileOf(name)), `${name} keeps to its schema`);
    const { name: province, ...facts } = fileOf(name) as Record<string, { source: string }>;
    t.equal(typeof province, 'string');
    for (const [fact, { source }] of Object.entries(facts)) t.ok(source.length > 3, `${name} ${fact}`);
    t.same(Object.keys(loadProfile(name)).sort(), whole, `${name} says the rest as the national one`);
  }
});

t.test('what a profile says of transactions, it says of ones that the data know', async (t) => {
  const known = specification.transactions();
  for (const name of profileNames()) {
    const { variants, optionalFields } = loadProfile(name);
    for (const infno of [...Object.entries(variants).flat(), ...Object.keys(optionalFields)]) {
      t.ok(known.has(infno), `${name} ${infno}`);
    }
    for (const [infno, fields] of Object.entries(optionalFields)) {
      const printed = known.get(infno)?.input.flatMap((node) => node.fields) ?? [];
      for (const field of fields) t.ok(printed.find(({ code, required }) => code === field && required));
    }
  }
});

t.test('a province differs in what is known of it, and in nothing else', async (t) => {
  const national = loadProfile('national');
  const difference = (name: string) =>
    Object.fromEntries(
      Object.entries(loadProfile(name)).filter(
        ([fact, value]) =>
          fact !== 'name' &&
          fact !== 'paths' &&
          JSON.stringify(value) !== JSON.stringify(national[fact as keyof typeof national]),
      ),
    );
  t.same(difference('hunan'), {
    fieldNames: { dev_no: 'devNo', dev_safe_info: 'dev_safeInfo' },
    optionalFields: {},
    medTypes: { '21': '2101' },
    reversible: ['2102', '2207', '2304', '2401'],
  });
  t.same(difference('guangdong'), {
    extraFields: { serv_code: '', serv_sign: '' },
    checking: 'lenient',
    fundIncludesAccount: true,
  });
  t.same(difference('hainan'), { checking: 'lenient', medTypes: { '21': '2101' } });
  t.same(difference('hebei'), {
    checking: 'lenient',
    receivingSystems: { '340': 'LXXT' },
    variants: { '2203': '2203A' },
    medTypes: { '2101': '21' },
  });
  t.match(loadProfile('hebei').paths, { prefix: '/fsi/api/' });
});

t.test('a profile of one’s own stands in a file; a bad one is refused with the place', async (t) => {
  const file = join(temporaryFolder(t), 'province.json');
  const complaint = (value: unknown) => {
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    try {
      loadProfile(file);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  t.equal(complaint({ name: '某省', emptyAs: { value: 'null', source: '本地试验' } }), '');
  t.match(loadProfile(file), { name: '某省', emptyAs: 'null', infver: 'V1.0' });

  const source = 'x';
  t.match(complaint({ name: '某省', emptyAs: { value: 'nil', source } }), /\/emptyAs\/value/);
  t.match(complaint({ name: '某省', timeoutMs: { value: 5, source } }), /\/timeoutMs\/value/);
  t.match(complaint({ name: '某省', infver: { value: 'V1.0' } }), /\/infver.*source/);
  t.match(complaint({ name: '某省', spelling: { value: 'x', source } }), /"spelling"/);
  t.match(
    complaint({ name: '某省', fieldNames: { value: { no_such: 'x' }, source } }),
    /\/fieldNames\/value/,
  );
  t.match(complaint({ name: '某省', successCodes: { value: ['ok'], source } }), /\/successCodes\/value\/0/);
  t.match(
    complaint({
      name: '某省',
      paths: { value: { prefix: 'http://elsewhere/', byTransaction: {} }, source },
    }),
    /\/paths\/value/,
  );
  t.match(complaint('{'), /JSON/);
  t.match(complaint('x'.repeat(300_000)), /262144 bytes/);
  for (const message of [complaint('{'), complaint({})]) t.match(message, file, 'it names the file');
  t.throws(() => loadProfile('/no/such/file.json'), { message: /ENOENT/ });
  t.throws(() => loadProfile('atlantis'), { message: /guangdong, hainan, hebei, hunan, national/ });
});

t.test('the configuration has the last word', async (t) => {
  t.same(profileOf(configurationOf(URL_, { nothingToUndo: [], timeoutMs: 60_000 })), loadProfile('national'));
  const said = {
    reversible: ['2207'],
    nothingToUndo: ['未找到'],
    fundIncludesAccount: false,
    checking: 'strict',
    amountsAs: 'text',
    inputAs: 'text',
    infver: '1.0.0',
    timeoutMs: 5_000,
  } as const;
  const profile = profileOf(
    configurationOf(URL_, {
      ...said,
      reversible: ['2207'],
      nothingToUndo: ['未找到'],
      profile: 'guangdong',
      systemErrors: ['忙'],
      extraFields: { serv_code: 'C1' },
    }),
  );
  t.match(profile, said);
  t.same(profile.systemErrors, [...loadProfile('national').systemErrors, '忙'], 'more texts, not others');
  t.same(profile.extraFields, { serv_code: 'C1', serv_sign: '' });
});

t.test('a table says nothing of a key that it has only by inheritance', async (t) => {
  t.equal(lookUp({ a: 'b' }, 'a'), 'b');
  t.equal(lookUp({ a: 'b' }, 'constructor'), undefined);
});

t.test('success is what the province calls so, as a number and as text', async (t) => {
  const kindOf = (infcode: string, profile = loadProfile('national')) =>
    judgeAnswer({ status: 200, body: Buffer.from(`{"infcode":${infcode},"output":{}}`) }, profile, String)
      .kind;
  for (const name of profileNames()) {
    const profile = loadProfile(name);
    t.same(
      ['0', '"0"', '1', '"1"', '2', '"00"'].map((infcode) => kindOf(infcode, profile)),
      ['accepted', 'accepted', 'unknown', 'unknown', 'unknown', 'unknown'],
      name,
    );
  }
  const file = join(temporaryFolder(t), 'one.json');
  writeFileSync(
    file,
    JSON.stringify({ name: '某省', successCodes: { value: ['0', '1'], source: '规范示例 B.2' } }),
  );
  const one = loadProfile(file);
  t.same(
    ['0', '"0"', '1', '"1"', '-1', '2'].map((infcode) => kindOf(infcode, one)),
    ['accepted', 'accepted', 'accepted', 'accepted', 'unknown', 'unknown'],
  );
});

for (const name of profileNames()) {
  t.test(`a bill is quoted, settled and reversed with the profile ${name}`, async (t) => {
    const clock = new TestClock();
    const virtual = await startVirtualInsurer({ port: 0, specification, signing: SIGNING, clock });
    t.teardown(() => virtual.close());
    const insurer = createNhsaInsurer(
      configurationOf(virtual.url, { profile: name, fundIncludesAccount: false }),
      {
        store: await temporaryStore(t),
        clock,
        secret: SIGNING.secret,
      },
    );
    t.teardown(() => insurer.close());
    const { exchange, ...journal } = journaled();
    const bill = sampleBill();
    const quote = must(await insurer.quote(bill, exchange)).value;
    const settled = must(await insurer.settle(bill, quote, exchange)).value;
    t.equal(settled.faults, undefined);
    t.equal(liveSettlements(virtual).length, 1);
    must(await insurer.reverse(bill, settled, exchange));
    t.equal(liveSettlements(virtual).length, 0);
    t.same(journal.transactions(), [
      '9001',
      '1101',
      '2001',
      '2201',
      name === 'hebei' ? '2203A' : '2203',
      '2204',
      '2206',
      '2207',
      '2208',
    ]);
    t.same(insurer.waysOut[0]?.decides, loadProfile(name).reversible);
  });
}

function journaled() {
  const journal = new Journal();
  return { exchange: journal.exchange, transactions: () => journal.transactions() };
}

t.test('a transaction whose path is not known is not sent anywhere', async (t) => {
  const insurer = createNhsaInsurer(configurationOf(URL_, { profile: 'hebei' }), {
    store: await temporaryStore(t),
    clock: new TestClock(),
    secret: 'x',
    specification,
  });
  t.teardown(() => insurer.close());
  const journal = new Journal();
  const input = { data: { psn_no: 'P', begntime: '2026-03-01', endtime: '2026-03-02', med_type: '11' } };
  await t.rejects(insurer.transact('5201', input, {}, journal.exchange), {
    code: 'insurer.unknown-transaction',
    context: { pointer: '/infno', detail: /河北/ },
  });
  t.same(journal.requests, []);
});

t.test('a transaction goes to its own path of the host, or to the one of all', async (t) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    request.resume().on('end', () => response.end('{"infcode":0,"output":{"signinoutb":{"sign_no":"S1"}}}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/all`;
  for (const profile of ['hebei', 'national']) {
    const insurer = createNhsaInsurer(configurationOf(url, { profile }), {
      store: await temporaryStore(t),
      clock: new TestClock(),
      secret: 'x',
      specification,
    });
    t.teardown(() => insurer.close());
    const input = { data: { setl_id: 'S', mdtrt_id: 'M', psn_no: 'P' } };
    must(await insurer.transact('5203', input, {}, new Journal().exchange));
  }
  t.same(seen, [
    '/fsi/api/signInSignOutService/signIn',
    '/fsi/api/fsiIntegratedQueryService/querySetlInfo',
    '/all',
    '/all',
  ]);
});

t.test('a med_type is spelled as the province does, but not in what a HIS writes itself', async (t) => {
  for (const [name, given, sent] of [
    ['hunan', '21', '2101'],
    ['hainan', '21', '2101'],
    ['hebei', '2101', '21'],
    ['national', '2101', '2101'],
  ] as const) {
    const clock = new TestClock();
    const virtual = await startVirtualInsurer({ port: 0, specification, signing: SIGNING, clock });
    t.teardown(() => virtual.close());
    const insurer = createNhsaInsurer(configurationOf(virtual.url, { profile: name, checking: 'lenient' }), {
      store: await temporaryStore(t),
      clock,
      secret: SIGNING.secret,
    });
    t.teardown(() => insurer.close());
    const journal = new Journal();
    const bill = sampleBill();
    await insurer.quote({ ...bill, visit: { ...bill.visit, medType: given } }, journal.exchange);
    const medTypeOf = (transaction: string) =>
      JSON.parse(
        journal.requests.findLast((each) => each.transaction === transaction)?.body.toString() ?? '{}',
      ).input?.data?.med_type;
    t.equal(medTypeOf('2001'), sent, name);
    if (name === 'hebei') continue;
    const input = { data: { psn_no: 'P', begntime: '2026-03-01', endtime: '2026-03-02', med_type: given } };
    await insurer.transact('5201', input, {}, journal.exchange);
    t.equal(medTypeOf('5201'), given, `${name}: as the HIS wrote it`);
  }
});
