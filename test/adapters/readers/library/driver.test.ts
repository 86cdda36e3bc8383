import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { readerDriverOf } from '../../../../adapters/readers/index.ts';
import { libraryDriver } from '../../../../adapters/readers/library/driver.ts';
import { libraryFunctions } from '../../../../src/card/port.ts';
import { Fault } from '../../../../src/errors.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, temporaryFolder } from '../../../helper.ts';
import { codeOf, never } from '../helper.ts';
import { compileLibrary, noCompiler, opened, shared } from './helper.ts';

const TIMEOUT_MS = 10_000;
const SAMPLE =
  `639900|${SAMPLE_NUMBER}|X00000019|639900D15600000500BF7C7A48FB4966|${SAMPLE_NAME}|00814E43238697159900BF7C7A|1.00|` +
  '20101001|20201001|410100813475|终端设备号|';

/** What an argument of this name is in the tests: each another, so that two that change places are seen. */
const ARGUMENTS = {
  iType: 3,
  iAuthType: 2,
  iTimeout: 5,
  pKey: '98AB|40B6|',
  pCardInfo: '639900D15600000500BF7C7A48FB4966|X00000019|',
  pFileAddr: 'SSSEEF06|08|09|$',
  pWriteData: `SSSEEF06|${SAMPLE_NUMBER}|${SAMPLE_NAME}|$`,
  pPayInfo: '0.1|0.2|20151118185001|',
} as const;

const compiled = { skip: noCompiler };

t.test('every function of LD/T 33 is called with its arguments in their order', compiled, async (t) => {
  const { functions, behave } = await shared();
  behave('echo');
  const names = Object.keys(libraryFunctions) as (keyof typeof libraryFunctions)[];
  t.equal(
    names.filter((name) => !/^(iReadIdentityCard|iScan2DBarcode|iGetReaderInfo)$/.test(name)).length,
    23,
  );
  for (const name of names) {
    const args = libraryFunctions[name].takes.map((parameter) => ARGUMENTS[parameter]);
    const { ret, out } = await functions.call(name, args, TIMEOUT_MS);
    // The test library says so in its last buffer, after the serial number.
    const said = name === 'iGetReaderInfo' ? `|${name}()|` : `${name}(${args.join(',')})`;
    t.strictSame({ ret, out }, { ret: 0, out: said }, name);
  }
});

t.test('the sample of the standard comes through as it stands there', compiled, async (t) => {
  const { functions } = await shared();
  t.strictSame(await functions.call('iReadCardBas', [1], TIMEOUT_MS), { ret: 0, out: SAMPLE });
  t.strictSame(await functions.call('iGetReaderInfo', [], TIMEOUT_MS), { ret: 0, out: 'SN1|410100813475|' });
});

t.test('return codes come through with what the library says, however it says it', compiled, async (t) => {
  const { functions, behave } = await shared();
  behave('return -51 PIN 校验失败,剩余 2 次');
  const refused = { ret: -51, out: 'PIN 校验失败,剩余 2 次' };
  t.strictSame(await functions.call('iVerifyPIN', [1], TIMEOUT_MS), refused);
  behave('return -2147483648');
  t.strictSame(await functions.call('iReadIdentityCard', [], TIMEOUT_MS), { ret: -(2 ** 31), out: '' });
  behave('fill');
  t.equal((await functions.call('iReadCardBas', [1], TIMEOUT_MS)).out, 'x'.repeat(1_024));
  behave('unterminated');
  const { out } = await functions.call('iReadCardBas', [1], TIMEOUT_MS);
  t.ok(out.length > 0 && out.length <= 16_384, 'garbage without end is cut at the end of the buffer');
  behave('deep');
  t.equal((await functions.call('iReadCardBas', [1], TIMEOUT_MS)).out, 'deep', 'there is stack enough');
});

t.test('what is no call is refused before it reaches the library', compiled, async (t) => {
  const { functions } = await shared();
  const call = (name: string, args: (number | string)[]) => codeOf(functions.call(name, args, TIMEOUT_MS));
  t.equal(await call('iNothing', []), 'compat.unknown');
  t.equal(await call('toString', []), 'compat.unknown');
  t.equal(await call('iReadCardBas', []), 'request.invalid');
  t.equal(await call('iReadCardBas', ['1']), 'request.invalid');
  t.equal(await call('iReadCardBas', [1.5]), 'request.invalid');
  t.equal(await call('iReadCardBas', [2 ** 31]), 'request.invalid');
  t.equal(await call('iReadCardBas_HSM_Step2', [1]), 'request.invalid');
  t.equal(await call('iReadCardBas_HSM_Step2', ['a\0b']), 'request.invalid');
  t.equal(await call('iReadCardBas_HSM_Step2', ['x'.repeat(40_000)]), 'request.invalid');
  t.equal((await functions.call('iReadCardBas', [1], TIMEOUT_MS)).out, SAMPLE, 'it goes on');
});

t.test('calls wait for each other, and not too many of them', compiled, async (t) => {
  const { functions, behave } = await shared();
  behave('slow-echo');
  const calls = Array.from({ length: 8 }, () => functions.call('iReadCardBas', [1], TIMEOUT_MS));
  t.equal(await codeOf(functions.call('iReadCardBas', [1], TIMEOUT_MS)), 'reader.busy');
  for (const { ret } of await Promise.all(calls)) t.equal(ret, 0, 'no two at a time');
  t.equal((await functions.call('iReadCardBas', [1], TIMEOUT_MS)).ret, 0);
});

t.test('a call that never ends costs the library its process', compiled, async (t) => {
  const { reader, functions, behave } = await opened(t);
  const pid = await pidOf(functions, behave);
  behave('sleep');
  const hanging = functions.call('iReadCardBas', [3], 200);
  const behind = codeOf(functions.call('iVerifyPIN', [1], 200));
  await t.rejects(hanging, {
    code: 'reader.lost',
    message: 'reader.lost: iReadCardBas: not done within 200 ms, so it was ended',
  });
  t.equal(await behind, 'reader.lost', 'the call behind it has no library either');
  await reader.lost;
  await reader.close();
  t.notOk(isRunning(pid), 'the process is gone');
  t.equal(await codeOf(functions.call('iVerifyPIN', [1], 200)), 'reader.lost');
});

const deaths: [behaviour: string, reason: RegExp][] = [
  ['crash', /^reader.lost: iReadCardBas: the library ended its process \(SIGSEGV\)$/],
  ['abort', /^reader.lost: iReadCardBas: the library ended its process \(SIGABRT\)$/],
  ['exit', /^reader.lost: iReadCardBas: the library ended its process \(code 7\)$/],
  ['flood', /^reader.lost: iReadCardBas: the process of the library sent what makes no sense$/],
  ['garble', /^reader.lost: iReadCardBas: the process of the library sent what makes no sense$/],
];
for (const [behaviour, reason] of deaths) {
  t.test(`a library that does "${behaviour}" hurts nobody but itself`, compiled, async (t) => {
    const { reader, functions, behave } = await opened(t);
    const pid = await pidOf(functions, behave);
    behave(behaviour);
    const dying = functions.call('iReadCardBas', [1], TIMEOUT_MS);
    await t.rejects(dying, { code: 'reader.lost', message: reason });
    await reader.lost;
    await reader.close();
    t.notOk(isRunning(pid));
  });
}

t.test(
  'a library that dies at its greeting is absent, and welcome when it has recovered',
  compiled,
  async (t) => {
    const library = compileLibrary(t);
    const driver = libraryDriver(library);
    library.behave('crash');
    await t.rejects(driver.open(never), {
      code: 'reader.absent',
      message: /读卡器没有应答.*no reader answers/,
    });
    library.behave('sample');
    const again = await driver.open(never);
    t.teardown(() => again.close());
    t.equal((await again.library!.call('iReadCardBas', [1], TIMEOUT_MS)).out, SAMPLE);
  },
);

t.test(
  'a crash leaves no memory of a process that read cards on the disk',
  { skip: process.platform === 'linux' ? noCompiler : 'only Linux can be asked' },
  async (t) => {
    const { functions, behave } = await shared();
    behave('dumpable');
    t.equal((await functions.call('iReadCardBas', [1], TIMEOUT_MS)).out, '0');
  },
);

t.test('a library that dies while nobody asks it anything is lost', compiled, async (t) => {
  const { reader, functions, behave } = await opened(t);
  process.kill(await pidOf(functions, behave), 'SIGKILL');
  await reader.lost;
  t.equal(await codeOf(functions.call('iReadCardBas', [1], TIMEOUT_MS)), 'reader.lost');
});

t.test('the secrets of the gateway’s environment are not the vendor’s', compiled, async (t) => {
  process.env.YIKATONG_TEST_SECRET = 'secret';
  t.teardown(() => delete process.env.YIKATONG_TEST_SECRET);
  const { functions, behave } = await opened(t);
  behave('environment');
  t.equal((await functions.call('iReadCardBas', [1], TIMEOUT_MS)).out, 'hidden');
});

t.test('a gateway that is killed takes the library with it, even one that hangs', compiled, async (t) => {
  const library = compileLibrary(t);
  library.behave('pid');
  const url = (path: string) => pathToFileURL(join(import.meta.dirname, '../../../..', path)).href;
  const script = `
    import { writeFileSync } from 'node:fs';
    import { libraryDriver } from '${url('adapters/readers/library/driver.ts')}';
    const reader = await libraryDriver({ file: '${library.file}' }).open(new AbortController().signal);
    const { out } = await reader.library.call('iReadCardBas', [1], 5000);
    writeFileSync('${join(library.folder, 'behaviour')}', 'sleep');
    reader.library.call('iReadCardBas', [1], 60000).catch(() => {});
    console.log(out);
    setInterval(() => {}, 1000);`;
  const gateway = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(gateway.stdout, 'data');
  const pid = Number(said);
  t.ok(isRunning(pid));
  gateway.kill('SIGKILL');
  await once(gateway, 'exit');
  while (isRunning(pid)) await sleep(10);
  t.pass('it is gone');
});

t.test('a library that cannot be used is absent, with the file and the reason in one line', async (t) => {
  const folder = temporaryFolder(t);
  const reasonOf = async (file: string, extras: 'iScan2DBarcode'[] = []) => {
    const failed: unknown = await libraryDriver({ file, extras })
      .open(never)
      .catch((error: unknown) => error);
    if (!(failed instanceof Fault) || failed.code !== 'reader.absent') throw failed;
    t.ok(failed.message.includes(file), failed.message);
    t.notMatch(failed.message, /\n/);
    return failed.message;
  };
  const written = (name: string, content: Buffer | string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  t.match(await reasonOf(join(folder, 'none.so')), /没有这个文件.*no such file/);
  t.match(await reasonOf(folder), /EISDIR/);
  t.match(await reasonOf(written('text.so', 'no library')), /无法加载.*it cannot be loaded: .+/);
  const foreign = Buffer.alloc(64);
  foreign.write('\x7fELF\x01\x01\x01', 'latin1');
  foreign.writeUInt16LE(3, 18);
  t.match(await reasonOf(written('i386.so', foreign)), /是 ia32 的动态库.*it is made for ia32/);
  await t.test('one that lacks a function', compiled, async (t) => {
    t.match(await reasonOf(compileLibrary(t, 'EMPTY').file), /缺少函数 iReadCardBas \/.*lacks iReadCardBas$/);
    const { file } = compileLibrary(t, 'MINIMAL');
    t.match(await reasonOf(file, ['iScan2DBarcode']), /缺少函数 iScan2DBarcode/);
    const { functions, whole } = await opened(t, { without: 'MINIMAL' });
    await t.rejects(functions.call('iVerifyPIN', [1], TIMEOUT_MS), {
      code: 'reader.unsupported',
      message: /动态库没有 iVerifyPIN/,
    });
    t.same(whole.kinds, ['social-security-card']);
  });
});

t.test(
  'a library whose reader is not there is absent, and an opening that is given up ends',
  compiled,
  async (t) => {
    const library = compileLibrary(t);
    library.behave('return -11');
    const driver = libraryDriver(library);
    await t.rejects(driver.open(never), { code: 'reader.absent', message: /-11 读卡器连接错/ });
    library.behave('return -2');
    await (await driver.open(never)).close();
    library.behave('sleep');
    const giveUp = new AbortController();
    const opening = codeOf(driver.open(giveUp.signal));
    await sleep(50);
    giveUp.abort();
    t.equal(await opening, 'reader.absent');
    t.equal(await codeOf(driver.open(AbortSignal.abort())), 'reader.absent');
  },
);

t.test('it is configured by dialect and transport', async (t) => {
  const library = { kind: 'library', file: '/opt/vendor/libSSCardDriver.so' } as const;
  const { description } = readerDriverOf({ id: 'desk', dialect: 'library', transport: library });
  t.equal(description, 'LD/T 33, /opt/vendor/libSSCardDriver.so');
  const tcp = { kind: 'tcp', host: '127.0.0.1', port: 1 } as const;
  t.throws(() => readerDriverOf({ id: 'desk', dialect: 'library', transport: tcp }));
});

async function pidOf(
  functions: { call(name: string, args: number[], timeoutMs: number): Promise<{ out: string }> },
  behave: (as: string) => void,
): Promise<number> {
  behave('pid');
  return Number((await functions.call('iReadCardBas', [1], TIMEOUT_MS)).out);
}

/** Whether there is such a process that still does anything: one that nobody fetched is no longer running. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
