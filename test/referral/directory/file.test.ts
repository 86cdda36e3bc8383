import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { OrganisationRecord } from '../../../schemas/directory.ts';
import { follow } from '../../../src/referral/directory/compose.ts';
import { parseDirectory } from '../../../src/referral/directory/file.ts';
import { temporaryFolder, testLogger } from '../../helper.ts';
import { county, linkTo, town, world } from './world.ts';

const toml = (...records: object[]) =>
  records
    .map(
      (record) =>
        `[[organisations]]\n${Object.entries(record)
          .map(([k, v]) => `${k} = ${JSON.stringify(v)}`)
          .join('\n')}`,
    )
    .join('\n');

t.test('a file is TOML or JSON, and what is wrong with it is told with its place', async (t) => {
  const wrong = (text: string, json = false) => {
    const read = parseDirectory(text, json);
    return 'problems' in read ? read.problems.join() : undefined;
  };
  t.equal(wrong(toml(town, county)), undefined);
  t.equal(wrong(JSON.stringify({ organisations: [town] }), true), undefined);
  t.equal(wrong('[[organisations]'), 'line 1, column 17');
  t.equal(wrong('{', true), 'no JSON');
  t.match(wrong(toml({ ...town, level: 'hamlet' })), /^organisations.0.level/);
  t.match(wrong(toml({ ...town, opensOn: '2026-02-30' })), /organisations.0.opensOn/);
  t.match(wrong(toml({ ...town, dean: 'x' })), /organisations.0.*dean/);
});

t.test('the example of a county’s directory can be used as it stands', async (t) => {
  const file = fileURLToPath(import.meta.resolve('../../../docs/examples/directory.toml'));
  const { call } = await world(t, {
    own: { code: 'H11111100001', name: '前进村卫生室', level: 'village' },
    configured: [
      { code: 'H11111100002', name: '示范镇卫生院', level: 'township', link: linkTo('http://town') },
    ],
    file,
  });
  t.match((await call('POST', '/v1/referrals/route', { need: { department: '心血管内科', beds: 1 } })).body, {
    to: { code: 'H11111100009' },
    by: 'agreement',
    way: [{ code: 'H11111100002' }, { code: 'H11111100009' }],
  });
});

t.test('a file is read anew when it changes; a wrong one changes nothing', async (t) => {
  const file = join(temporaryFolder(t), 'directory.toml');
  writeFileSync(file, toml(town));
  const { directory, put, call } = await world(t, {
    file,
    configured: [{ ...town, name: '旧名', link: linkTo('http://town') }],
  });
  const names = () => directory.organisations.map(({ name }) => name);
  t.same(names(), [town.name], 'the file goes before the configuration');
  t.ok(directory.organisations[0]?.link, 'whose link stays');
  writeFileSync(file, toml(county, { ...town, parent: county.code }));
  await directory.look();
  t.same(names(), [county.name, town.name]);
  for (const bad of [
    toml({ ...town, parent: 'NOBODY01' }),
    toml({ ...town, parent: county.code }, { ...county, parent: town.code }),
    toml(town, { ...town, name: '又一次' }),
    'nonsense',
  ]) {
    writeFileSync(file, bad);
    await directory.look();
    t.same(names(), [county.name, town.name], bad);
  }
  await put({ ...county, name: '改过的名' }, 1);
  writeFileSync(file, toml({ ...county, name: '文件里的名' }));
  await directory.look();
  t.same(names(), ['改过的名', '旧名'], 'the API goes before the file');
  t.match((await call('GET', `/v1/organisations/${town.code}`)).body, { source: 'configuration' });
});

t.test('a file that cannot be used stops the start', async (t) => {
  const file = join(temporaryFolder(t), 'directory.toml');
  const { directory } = await world(t, { file, starts: false });
  await t.rejects(directory.start(), { code: 'ENOENT' });
  writeFileSync(file, toml({ ...town, parent: 'NOBODY01' }));
  await t.rejects(directory.start(), /TOWNSHIP01.parent: unknown-parent/);
});

t.test(
  'links follow the directory, and one that cannot be opened does not keep the others away',
  async (t) => {
    let tell: (all: readonly OrganisationRecord[]) => void = () => undefined;
    const source = {
      onChange(listener: typeof tell) {
        tell = listener;
      },
    };
    const told: string[] = [];
    const delivery = {
      join({ code, link }: OrganisationRecord) {
        if (link && 'url' in link && link.url === 'http://bad') throw new Error('no secret');
        told.push(`${code} ${link && 'url' in link ? link.url : 'none'}`);
      },
      reroute: async () => void told.push('reroute'),
    };
    const known = [{ ...town, link: linkTo('http://town') }];
    follow(source, delivery, {
      joined: known,
      logger: testLogger(),
    });
    tell(known);
    t.same(told.splice(0), ['reroute'], 'what is joined already is left alone');
    tell([
      { ...town, link: linkTo('http://bad') },
      { ...county, link: linkTo('http://county') },
    ]);
    t.same(told.splice(0), [`${county.code} http://county`, 'reroute']);
    tell([{ ...town, link: linkTo('http://town') }, county]);
    t.same(told.splice(0), [`${county.code} none`, `${town.code} http://town`, 'reroute']);
  },
);
