import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { readerDriverOf } from '../../../../adapters/readers/index.ts';
import { loadProfile, profileNames, profileOf } from '../../../../adapters/readers/profile/load.ts';
import type { ReaderProfile } from '../../../../schemas/reader-profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'yikatong-profile-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const transport = { kind: 'tcp', host: '127.0.0.1', port: 1 } as const;

/** A profile that comes with the gateway, with one thing changed. */
function changed(name: string, change: (profile: ReaderProfile) => void): unknown {
  const profile = structuredClone(loadProfile(name).profile);
  change(profile);
  return profile;
}

t.test('each profile that comes with the gateway holds, and tells where its facts come from', async (t) => {
  t.strictSame(profileNames(), ['jinmuyu', 'sam-v']);
  for (const name of profileNames()) {
    const { profile } = loadProfile(name);
    t.ok(profile.source.length > 0 && profile.exchanges.length > 0, name);
  }
});

t.test('each recorded exchange proves something: a changed byte of it refuses the profile', async (t) => {
  for (const name of profileNames()) {
    loadProfile(name).profile.exchanges.forEach((exchange, index) => {
      for (const key of ['send', 'receive'] as const) {
        const value = changed(name, ({ exchanges }) => {
          const last = Number.parseInt(exchange[key].at(-1)!, 16);
          exchanges[index]![key] = `${exchange[key].slice(0, -1)}${(last ^ 1).toString(16).toUpperCase()}`;
        });
        t.throws(() => profileOf(value, 'x.json'), { message: new RegExp(`/exchanges/${index}/${key}: `) });
      }
    });
  }
});

t.test('what a recorded exchange claims to show must be what the profile makes of it', async (t) => {
  const claims: [change: (profile: ReaderProfile) => void, pointer: string][] = [
    [({ exchanges }) => Object.assign(exchanges[1]!, { outcome: 'none' }), '/exchanges/1/outcome'],
    [({ exchanges }) => Object.assign(exchanges[1]!, { data: '00' }), '/exchanges/1/data'],
    [({ exchanges }) => Object.assign(exchanges[1]!, { command: 'transmit' }), '/exchanges/1/command'],
    [({ exchanges }) => Object.assign(exchanges[1]!, { command: 'select' }), '/exchanges/1/send'],
  ];
  for (const [change, pointer] of claims) {
    t.throws(() => profileOf(changed('sam-v', change), 'x.json'), { message: new RegExp(`${pointer}: `) });
  }
});

t.test('a wrong profile is refused with the file, the place and what was expected', async (t) => {
  const wrongs: [string, change: (profile: ReaderProfile) => void, pointer: string][] = [
    ['sam-v', (profile) => Object.assign(profile, { speed: 1 }), '/'],
    ['sam-v', ({ line }) => Object.assign(line, { baudRate: 5 }), '/line/baudRate'],
    ['sam-v', ({ status }) => Object.assign(status, { send: '11f' }), '/status/send'],
    ['sam-v', ({ frame }) => Object.assign(frame, { bytesMax: 10 }), '/frame/bytesMax'],
    ['sam-v', ({ frame }) => Object.assign(frame, { bytesMax: 1e9 }), '/frame/bytesMax'],
    ['sam-v', ({ frame }) => Object.assign(frame, { requestPreamble: 'AA' }), '/frame/requestPreamble'],
    ['sam-v', ({ frame }) => frame.replyPreambles.push('AAAAAAAAAAAA'), '/frame/replyPreambles/2'],
    ['sam-v', ({ frame }) => Object.assign(frame.length, { counts: ['header'] }), '/frame/length/counts'],
    ['sam-v', ({ frame }) => Object.assign(frame.checksum, { from: 9 }), '/frame/checksum/from'],
    ['sam-v', ({ frame }) => delete frame.checksum.from, '/frame/checksum/from'],
    ['sam-v', ({ frame }) => Object.assign(frame.checksum, { kind: 'sum8' }), '/frame/bytesMax'],
    ['sam-v', ({ reply }) => Object.assign(reply, { dataAt: 1 }), '/reply/dataAt'],
    ['sam-v', ({ failures }) => Object.assign(failures.card, { '41': 'x' }), '/failures/card/41'],
    ['sam-v', ({ status }) => Object.assign(status, { answers: { '90': 'ok' } }), '/status/answers/90'],
    ['sam-v', ({ status }) => Object.assign(status, { answers: { '000090': 'none' } }), '/status/answers'],
    ['sam-v', ({ status }) => Object.assign(status, { dataBytes: { min: 2, max: 1 } }), '/status/dataBytes'],
    ['sam-v', ({ status }) => Object.assign(status, { send: '11{slot}' }), '/status/send'],
    ['sam-v', (profile) => delete profile.residentId, '/'],
    ['sam-v', (profile) => profile.exchanges.splice(0), '/exchanges'],
    ['jinmuyu', ({ chip }) => Object.assign(chip!, { slots: {} }), '/chip/slots'],
    ['jinmuyu', ({ chip }) => Object.assign(chip!.transmit, { send: '004F' }), '/chip/transmit/send'],
    ['jinmuyu', ({ chip }) => Object.assign(chip!.powerOn, { send: '{apdu}' }), '/chip/powerOn/send'],
  ];
  for (const [name, change, pointer] of wrongs) {
    const message = new RegExp(`: x\\.json\\n(.*\\n)*  ${pointer}: 应为 / expected `);
    t.throws(() => profileOf(changed(name, change), 'x.json'), { message }, `${name} ${pointer}`);
  }
  t.throws(() => profileOf(null, 'x.json'), { message: /x\.json\n {2}\/: / });
});

t.test('whatever stands in a file, it is refused with a message', async () => {
  const broken = fc.tuple(fc.constantFrom(...profileNames()), fc.nat(), fc.jsonValue());
  fc.assert(
    fc.property(broken, ([name, place, value]) => {
      const profile: Record<string, unknown> = structuredClone(loadProfile(name).profile);
      const keys = Object.keys(profile).filter((key) => key !== 'source' && key !== 'name');
      profile[keys[place % keys.length]!] = value;
      try {
        profileOf(profile, 'x.json');
        return false;
      } catch (error) {
        return error instanceof Error && /^读卡器方言描述有误.*: x\.json\n/.test(error.message);
      }
    }),
  );
});

t.test('a file named in the configuration is read, or told why it cannot be', async (t) => {
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const driverOf = (profile?: string) =>
    readerDriverOf({ id: 'desk', dialect: 'profile', ...(profile ? { profile } : {}), transport });
  const good = write('good.json', JSON.stringify(changed('sam-v', (profile) => (profile.name = 'Mine'))));
  t.equal(driverOf(good).description, 'Mine, tcp 127.0.0.1:1');
  t.equal(driverOf('jinmuyu').description, 'Jinmuyu JCP05, tcp 127.0.0.1:1');
  t.throws(() => driverOf(), { message: /needs the key profile/ });
  t.throws(() => driverOf('sam'), { message: /no such reader profile: "sam" \(jinmuyu, sam-v; / });
  t.throws(() => driverOf('../sam-v'), { message: /cannot read the reader profile: \.\.\/sam-v \(ENOENT\)/ });
  for (const notOne of [folder, '/dev/zero', write('long.json', ' '.repeat(300_000))]) {
    t.throws(() => driverOf(notOne), {
      message: /\n {2}\/: 应为 \/ expected a file of at most 262144 bytes/,
    });
  }
  t.throws(() => driverOf(write('bad.json', '{')), { message: /bad\.json\n {2}\/: 应为 \/ expected JSON/ });
});
