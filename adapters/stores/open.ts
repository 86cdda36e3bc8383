import type { Configuration } from '../../schemas/configuration.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from './sqlite/store.ts';

/** Opens the store that is configured. */
export async function openStore(
  { store }: Pick<Configuration, 'store'>,
  secretOf: (secret: Extract<Configuration['store'], { kind: 'postgres' }>['url'], name: string) => string,
): Promise<Store> {
  if (store.kind === 'sqlite') return openSqliteStore(store.file);
  const url = secretOf(store.url, 'store.url');
  // Loaded only where it is used: most gateways have no PostgreSQL.
  const { openPostgresStore } = await import('./postgres/store.ts');
  return openPostgresStore({ url, connectionsMax: store.connectionsMax });
}
