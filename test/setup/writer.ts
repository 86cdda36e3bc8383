/**
 * A process that is killed by its test: opens the SQLite file it is given, writes one row after another, ten at a
 * time, and prints the key of each once the store has acknowledged it.
 */
import { openSqliteStore } from '../../adapters/stores/sqlite/store.ts';
import { add } from '../store/contract.ts';

const [file = '', prefix = ''] = process.argv.slice(2);
try {
  const store = await openSqliteStore(file);
  let next = 0;
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (;;) {
        const key = `${prefix}${next++}`;
        await add(store, key);
        process.stdout.write(`${key}\n`);
      }
    }),
  );
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
