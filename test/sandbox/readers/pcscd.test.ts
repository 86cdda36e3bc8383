import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';
import { freePorts } from '../../../src/sandbox/ports.ts';
import { dialIn } from '../../../src/sandbox/readers/vicc.ts';
import { temporaryFolder } from '../../helper.ts';

const DRIVER = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const SOCKET = '/run/pcscd/pcscd.comm';

/** Why the PC/SC daemon can't be run here; false where it can. */
function unavailable(): string | false {
  const missing = ['pcscd', 'opensc-tool'].filter((program) => spawnSync(program, ['--version']).error);
  if (!existsSync(DRIVER)) missing.push('vsmartcard-vpcd');
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  if (process.getuid?.() !== 0) return 'only root can start pcscd';
  return existsSync(SOCKET) && 'another pcscd is running';
}

/** Debian's PC/SC daemon with the virtual reader of vsmartcard on a port of ours. */
function startPcscd(t: Test, port: number): ChildProcess {
  const configuration = join(temporaryFolder(t), 'reader.conf');
  const channel = `0x${port.toString(16)}`;
  writeFileSync(
    configuration,
    `FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:${channel}\nLIBPATH ${DRIVER}\nCHANNELID ${channel}\n`,
  );
  const pcscd = spawn('pcscd', ['--foreground', '--config', configuration], { stdio: 'ignore' });
  const ended = once(pcscd, 'exit');
  t.teardown(async () => {
    pcscd.kill();
    await ended;
  });
  return pcscd;
}

/** Tries until it works, since the daemon and its reader take a moment to come up; not once the daemon has ended. */
async function persistently<T>(pcscd: ChildProcess, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (pcscd.exitCode !== null) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

async function openscTool(...args: string[]): Promise<string> {
  return (await promisify(execFile)('opensc-tool', ['--reader', '0', ...args])).stdout;
}

t.test(
  'every PC/SC program sees a sandbox card behind Debian’s virtual reader',
  { skip: unavailable() },
  async (t) => {
    const profile = loadProfiles().get('social-security-v2') as SocialSecurityProfile;
    const port = await freePorts();
    const pcscd = startPcscd(t, port);
    const card = await persistently(pcscd, () => dialIn(virtualCardOf(profile), '127.0.0.1', port));
    t.teardown(() => card.remove());
    const atr = await persistently(pcscd, () => openscTool('--atr'));
    t.equal(atr.trim().replaceAll(':', '').toUpperCase(), `3B6D0000${profile.resetInformation}`);
    const select = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF';
    const talk = await openscTool('-s', select, '-s', '00A4020002EF05', '-s', '00B2010400');
    t.equal(talk.match(/SW1=0x90, SW2=0x00/g)?.length, 3, 'the application, the file and its first record');
    t.match(talk, /^01 10 /m, 'the card identification code');
  },
);
