/**
 * `npm run lock`: adds to package-lock.json what npm left out. A mirror may not carry the packages of platforms other
 * than its own; npm then writes a lock file that names them and holds no entry for them, which `npm ci` refuses. The
 * entries say for which platform a package is, so that nobody else fetches it.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Entry {
  version: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

export const LOCK_FILE = new URL('../../package-lock.json', import.meta.url);

const SYSTEMS = [
  'android',
  'darwin',
  'linux',
  'win32',
  'freebsd',
  'openharmony',
  'aix',
  'netbsd',
  'openbsd',
  'sunos',
];
const PROCESSORS = [
  'arm64',
  'x64',
  'ia32',
  'arm',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'wasm32',
];

/** The optional packages that are named and have no entry, with the entry each should have. */
export function missingEntries(packages: Readonly<Record<string, Entry>>): Map<string, Entry> {
  const missing = new Map<string, Entry>();
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isFound(packages, path, name)) continue;
      const version = range.replace(/^[~^=]+/, '');
      const dev = entry.dev === true ? { dev: true } : {};
      missing.set(`node_modules/${name}`, { version, ...dev, optional: true, ...platformOf(name) });
    }
  }
  return missing;
}

/** As Node looks for a package: in the folder itself, then in each folder above. */
function isFound(packages: Readonly<Record<string, Entry>>, path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
  }
}

/** Names of such packages end in their platform: @biomejs/cli-linux-x64-musl. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const words = (name.split('/').at(-1) ?? '').toLowerCase().replace('androideabi', 'android').split(/[-.]/);
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  const musl = words.some((word) => word.startsWith('musl'));
  const glibc = words.some((word) => word.startsWith('gnu'));
  return {
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(musl ? { libc: ['musl'] } : glibc ? { libc: ['glibc'] } : {}),
  };
}

export function readLock(): { packages: Record<string, Entry> } {
  return JSON.parse(readFileSync(LOCK_FILE, 'utf8')) as { packages: Record<string, Entry> };
}

if (import.meta.main) {
  const lock = readLock();
  const missing = missingEntries(lock.packages);
  const packages = Object.fromEntries(
    [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  writeFileSync(LOCK_FILE, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
  console.log(`package-lock.json: ${missing.size} entries added`);
}
