import type { Configuration } from '../schemas/configuration.ts';
import { ClientDirectory } from './access/clients.ts';

/** Insurers whose statements are made by themselves, and from which time of the day on. */
export function dailyStatementsOf({ insurers }: Configuration): Map<string, string> {
  return new Map(
    insurers.flatMap((insurer) => {
      const daily = 'statements' in insurer ? insurer.statements?.daily : undefined;
      return daily === undefined ? [] : [[insurer.id, daily] as const];
    }),
  );
}

/** Whether a link leaves this machine without TLS. */
export function isReadableOnTheWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return (
    ['http:', 'ws:', 'nats:'].includes(protocol) && !['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
  );
}

/** Who may call. */
export function clientsOf({ clients }: Configuration): ClientDirectory {
  return new ClientDirectory(
    clients.map(({ scopes, ...client }) => ({ ...client, scopes: new Set(scopes) })),
  );
}
