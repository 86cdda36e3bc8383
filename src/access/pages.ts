import type { Logger } from 'pino';
import type { ClientDirectory, Scope } from './clients.ts';
import type { PageAccess } from './plugin.ts';

/** What a page should rather not do without a key: anybody at such a page may do it. */
const WRITING: readonly Scope[] = ['card:write', 'purse:write'];

/** Only a browser is held to the truth about a page's origin; on these addresses nobody but this machine's programs call. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

/** Which browser pages may use the readers, and as whom; what they may do besides reading is said at the start. */
export function pageAccess(
  { origins, originClient }: { readonly origins: readonly string[]; readonly originClient?: string },
  host: string,
  clients: ClientDirectory,
  logger: Logger,
): PageAccess {
  const client = originClient === undefined ? undefined : clients.called(originClient);
  const scopes = WRITING.filter((scope) => client?.scopes.has(scope));
  if (client && scopes.length > 0) {
    logger.warn({ client: client.id, scopes }, 'pages without a key may write to cards');
  }
  if (client && !LOOPBACK.has(host)) {
    logger.warn({ client: client.id, host }, 'a program on the network can pose as a page without a key');
  }
  return { origins: new Set(origins), client };
}
