import t from 'tap';
import type { OrganisationRecord } from '../../../schemas/directory.ts';
import { DirectoryService } from '../../../src/referral/directory/service.ts';
import { county, linkTo, own, still, town, world } from './world.ts';

const up = { ...own, parent: town.code };
const hub = { ...town, parent: county.code, link: linkTo('http://town') };
const alone = { ...town, link: linkTo('http://town') };
const cardiology = { name: '心血管内科', code: '03', beds: 4 };

t.test('the configuration is where a directory begins', async (t) => {
  const { call } = await world(t, { configured: [hub, county] });
  const { body } = await call('GET', '/v1/organisations');
  t.match(body.items, [
    { code: own.code, own: true, reach: 'own', source: 'configuration', version: 1 },
    { code: county.code, reach: 'none', way: [], open: true },
    { code: town.code, reach: 'direct', way: [town.code], parent: county.code },
  ]);
  t.notOk(body.next);
});

t.test(
  'an organisation is set through the API and in force at once, here and at a gateway that shares the store',
  async (t) => {
    const here = await world(t, { configured: [hub, county] });
    const there = await world(t, { configured: [hub, county], store: here.store });
    const changes: string[][] = [];
    here.directory.onChange((all) => changes.push(all.map(({ code }) => code)));
    t.equal((await here.put(up, 1)).status, 200);
    const set = await here.put({ ...county, departments: [cardiology] }, 1);
    t.match(set, {
      status: 200,
      headers: { etag: '"2"' },
      body: { version: 2, source: 'api', reach: 'relayed' },
    });
    t.same(set.body.way, [town.code, county.code]);
    t.equal(changes.length, 3);

    const need = { need: { department: '03' } };
    t.match(await here.call('POST', '/v1/referrals/route', need), {
      status: 200,
      body: { to: county, direction: 'up', by: 'ladder', way: [town, county] },
    });
    t.match(await there.call('POST', '/v1/referrals/route', need), { body: { code: 'referral.no-capable' } });
    await there.directory.look();
    t.match(await there.call('POST', '/v1/referrals/route', need), { body: { to: county } });
  },
);

t.test('who changes what another changed meanwhile is told', async (t) => {
  const { call, put } = await world(t, { configured: [alone] });
  t.match(await put(alone), { status: 428, body: { code: 'request.version-missing' } });
  t.match(await put({ ...alone, beds: 3 }, 7), {
    status: 412,
    body: { code: 'request.version', facts: { version: 1 } },
  });
  t.equal((await put({ ...alone, beds: 3 }, 1)).status, 200);
  t.match(await put({ ...alone, beds: 3 }, 1), { status: 200, body: { version: 2 } }, 'the same again');
  t.match(await put(alone, 1), { status: 412 });
  t.match(
    await put(county, 1),
    { status: 412, body: { facts: { version: 0 } } },
    'new ones have no version yet',
  );
  t.equal((await put(county)).status, 200);
  t.match(await call('GET', '/v1/organisations/NOBODY01'), {
    status: 404,
    body: { code: 'organisation.not-found' },
  });
});

t.test('what would make the directory wrong is refused at its place', async (t) => {
  const { call, put } = await world(t, { configured: [alone, county] });
  const refused = async (record: Partial<OrganisationRecord>, version: number, field: string, why: string) =>
    t.match(await put(record, version), {
      status: 422,
      body: { code: 'organisation.flaw', pointer: `/body/${field}`, detail: new RegExp(why) },
    });
  await refused({ ...up, parent: 'NOBODY01' }, 1, 'parent', 'unknown-parent');
  await refused({ ...up, parent: own.code }, 1, 'parent', 'parent-loop');
  await refused({ ...county, parent: town.code }, 1, 'parent', 'parent-below');
  await refused({ ...own, link: hub.link }, 1, 'link', 'own-link');
  await refused({ ...county, opensOn: '2026-02-01', closedFrom: '2026-01-01' }, 1, 'closedFrom', 'dates');
  t.equal((await put({ ...county, level: 'township' }, 1)).status, 200);
  t.equal((await put({ ...town, parent: county.code }, 1)).status, 200);
  await refused({ ...county, level: 'township', parent: town.code }, 2, 'parent', 'parent-loop');
  const link = { ...hub.link, secret: { env: 'ELSE' } };
  t.match(await put({ ...town, link }, 2), { status: 422, body: { code: 'organisation.link' } });
  t.match(await call('PUT', '/v1/organisations/OTHER001', county), {
    status: 400,
    body: { pointer: '/body/code' },
  });
  t.match(await put(Object.assign({ dean: 'x' }, county), 2), {
    status: 400,
    body: { code: 'request.invalid' },
  });
});

t.test('a withdrawn organisation takes no new referrals, and what was begun with it goes on', async (t) => {
  const { call, put, directory, store } = await world(t, { configured: [alone, county] });
  const withdraw = (code: string, headers: Record<string, string> = { 'if-match': '"1"' }) =>
    call('DELETE', `/v1/organisations/${code}`, undefined, headers);
  const route = () => call('POST', '/v1/referrals/route', { to: town.code });
  t.equal((await route()).status, 200);
  t.match(await withdraw(town.code, {}), { status: 428, body: { code: 'request.version-missing' } });
  t.match(await withdraw(town.code, { 'if-match': '"7"' }), {
    status: 412,
    body: { code: 'request.version' },
  });
  const gone = await withdraw(town.code);
  t.match(gone, {
    status: 200,
    headers: { etag: '"2"' },
    body: { open: false, closedFrom: '2026-03-02', reach: 'direct', source: 'api', link: { kind: 'http' } },
  });
  t.match(await withdraw(town.code), { status: 200, body: { version: 2 } }, 'the same again');
  t.match(await route(), { status: 422, body: { code: 'referral.closed' } });
  t.same(directory.ways.hopTo(town.code), { ok: true, value: town.code }, 'messages still reach it');
  const audit = await store.list<{ act: string }>((db) => db.selectFrom('audit').selectAll());
  t.equal(audit.filter(({ act }) => act === 'withdraw').length, 1);
  t.match(await withdraw(own.code), { status: 422, body: { code: 'organisation.own' } });
  t.match(await withdraw('NOBODY01'), { status: 404, body: { code: 'organisation.not-found' } });
  t.equal((await put(alone, 2)).status, 200, 'and is taken back');
  t.equal((await route()).status, 200);
  t.equal((await put({ ...alone, opensOn: '2027-01-01' }, 3)).status, 200);
  const unopened = (await withdraw(town.code, { 'if-match': '"4"' })).body;
  t.match(unopened, { open: false, closedFrom: '2026-03-02' });
  t.notOk('opensOn' in unopened);
});

t.test('a list is filtered and paged', async (t) => {
  const { call } = await world(t, {
    configured: [
      { ...hub, division: '111111001' },
      {
        ...county,
        division: '111111',
        departments: [cardiology],
        capabilities: ['导管室'],
        closedFrom: '2026-01-01',
      },
    ],
  });
  const codes = async (query: string) =>
    (await call('GET', `/v1/organisations?${query}`)).body.items.map(({ code }: { code: string }) => code);
  t.same(await codes('level=county'), [county.code]);
  t.same(await codes('division=111111001'), [town.code]);
  t.same(await codes('division=1111'), [county.code, town.code]);
  t.same(await codes(`parent=${county.code}`), [town.code]);
  t.same(await codes('department=03'), [county.code]);
  t.same(await codes(`capability=${encodeURIComponent('导管室')}`), [county.code]);
  t.same(await codes('reach=direct'), [town.code]);
  t.same(await codes('open=false'), [county.code]);
  const first = (await call('GET', '/v1/organisations?limit=2')).body;
  t.equal(first.next, county.code);
  t.same(await codes(`limit=2&after=${first.next}`), [town.code]);
});

t.test('agreements are set and read likewise, and prefer their members', async (t) => {
  const other = { ...county, code: 'HOSPITAL02', name: '示范县中医院' };
  const { call } = await world(t, {
    configured: [
      { ...county, link: linkTo('http://c') },
      { ...other, link: linkTo('http://o') },
    ],
  });
  const agreement = {
    code: 'yigongti',
    name: '示范县医共体',
    kind: 'county-community',
    members: [own.code, other.code],
  };
  const put = (body: object, headers = {}) => call('PUT', '/v1/agreements/yigongti', body, headers);
  const need = { need: {} };
  t.match((await call('POST', '/v1/referrals/route', need)).body, { to: county, by: 'ladder' });
  t.match(await put(agreement), {
    status: 200,
    body: { version: 1, source: 'api' },
    headers: { etag: '"1"' },
  });
  t.match((await call('POST', '/v1/referrals/route', need)).body, {
    to: { code: other.code },
    by: 'agreement',
    agreement: '示范县医共体',
    considered: [
      { code: other.code, verdict: 'chosen' },
      { code: county.code, verdict: 'possible' },
    ],
  });
  t.match(await put({ ...agreement, members: [own.code, 'NOBODY01'] }, { 'if-match': '"1"' }), {
    status: 422,
    body: { code: 'organisation.flaw', pointer: '/body/members' },
  });
  t.match((await call('GET', '/v1/agreements')).body.items, [agreement]);
  t.match((await call('GET', '/v1/agreements/none')).body, { code: 'agreement.not-found' });
});

t.test('a route that can’t be is refused with its reason, and says nothing happened', async (t) => {
  const { call } = await world(t, {
    configured: [
      { ...hub, closedFrom: '2026-01-01' },
      { ...county, departments: [cardiology] },
    ],
  });
  const refused = async (request: object, code: string, pointer: string) =>
    t.match(await call('POST', '/v1/referrals/route', request), { body: { code, pointer } });
  await refused({ to: own.code }, 'referral.to-self', '/body/to');
  await refused({ to: 'NOBODY01' }, 'referral.unknown-organisation', '/body/to');
  await refused({ to: town.code }, 'referral.closed-organisation', '/body/to');
  await refused({ to: county.code }, 'referral.no-route', '/body/to');
  await refused({ to: county.code, need: { service: 'x' } }, 'referral.not-capable', '/body/to');
  await refused({ need: { department: '眼科' } }, 'referral.no-capable', '/body/need');
  await refused({ need: { department: '03' } }, 'referral.no-route', '/body/need');
  await refused({}, 'request.invalid', '/body/to');
});

t.test('reading needs one right, setting another, and each setting is on the trail', async (t) => {
  const { app, put, hisKey, store } = await world(t, { configured: [] });
  const headers = { authorization: `Bearer ${hisKey}` };
  const read = await app.inject({ url: '/v1/organisations', headers });
  t.equal(read.statusCode, 200);
  const denied = await app.inject({
    method: 'PUT',
    url: `/v1/organisations/${county.code}`,
    headers,
    payload: county,
  });
  t.equal(denied.statusCode, 403);
  await put(county);
  const rows = await store.list<{ act: string; kind: string; subject: string }>((db) =>
    db.selectFrom('audit').selectAll(),
  );
  t.match(rows.at(-1), { client: 'admin', act: 'set', kind: 'organisation', subject: county.code });
});

t.test('what the API set outlives a restart; what the configuration dropped does not', async (t) => {
  const first = await world(t, { configured: [hub, county] });
  await first.put({ ...county, beds: 9 }, 1);
  const again = new DirectoryService({
    ...first,
    timers: still,
    own,
    configured: [county],
    checkLink: () => undefined,
  });
  await again.start();
  t.match(again.organisations, [{ code: county.code, beds: 9 }]);
  t.match(again.ways.hopTo(town.code), { ok: true, value: town.code }, 'what was begun waits for its link');
  t.match(
    again.ways.hopTo(town.code, ['X']),
    { ok: false, error: 'unknown' },
    'but nothing is passed on to it',
  );
});
