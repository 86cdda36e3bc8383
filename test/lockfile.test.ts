import { readFileSync } from 'node:fs';
import t from 'tap';
import { LOCK_FILE, missingEntries, readLock } from './setup/lockfile.ts';

t.test(
  'the lock file holds every package it names, so that npm ci takes it; npm run lock mends it',
  async (t) => {
    t.same([...missingEntries(readLock().packages).keys()], []);
  },
);

t.test('the lock file names no registry host', async (t) => {
  t.notMatch(readFileSync(LOCK_FILE, 'utf8'), /"resolved"/);
});

t.test('a package of another platform that npm left out is found, with its platform', async (t) => {
  const missing = missingEntries({
    'node_modules/a': {
      version: '1.0.0',
      dev: true,
      optionalDependencies: { '@a/linux-arm-musleabihf': '^1.2.0' },
    },
    'node_modules/b': { version: '1.0.0', optionalDependencies: { c: '2.0.0' } },
    'node_modules/b/node_modules/c': { version: '2.0.0' },
  });
  t.same(
    [...missing],
    [
      [
        'node_modules/@a/linux-arm-musleabihf',
        { version: '1.2.0', dev: true, optional: true, os: ['linux'], cpu: ['arm'], libc: ['musl'] },
      ],
    ],
  );
});
