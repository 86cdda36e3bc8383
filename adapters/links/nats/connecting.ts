import {
  type Authenticator,
  credsAuthenticator,
  type NodeConnectionOptions,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import type { Secret } from '../../../schemas/configuration-words.ts';
import type { NatsNetwork } from '../../../schemas/nats-configuration.ts';
import { inboxOf } from './names.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** A line that went silent is noticed after three of these. */
const PING_INTERVAL_MS = 10_000;
const PINGS_UNANSWERED_MAX = 2;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait after the `failures`th failure in a row to connect: up to half a minute, spread by a half. */
export function reconnectWaitMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(Math.max(0, failures - 1), 10));
  return Math.round(whole * (1 - random / 2));
}

/** How a NATS network is connected to, for good: the client itself finds its way back to any of the servers. */
export function connectionOptionsOf(
  network: NatsNetwork,
  parts: {
    readonly organisation: string;
    readonly gatewayId: string;
    secretOf(secret: Secret, key: string): string;
    /** How long to wait before the next try. */
    wait(): number;
  },
): NodeConnectionOptions {
  const addresses = network.servers.map((server) => new URL(server));
  const isTls = network.tls !== undefined || addresses.some(({ protocol }) => protocol === 'tls:');
  const { ca, certificate, key } = network.tls ?? {};
  return {
    name: `yikatong ${parts.organisation} ${parts.gatewayId}`,
    // Our mail is delivered to it, so permissions can keep others from listening there.
    inboxPrefix: inboxOf(parts.organisation),
    servers: addresses.map(({ host }) => host),
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: PINGS_UNANSWERED_MAX,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: parts.wait,
    // A password that is being changed is wrong for a while; a person mends it, and nobody restarts us.
    ignoreAuthErrorAbort: true,
    ...(network.credentials ? { authenticator: authenticatorOf(network.credentials, parts.secretOf) } : {}),
    ...(isTls
      ? {
          tls: {
            ...(ca === undefined ? {} : { caFile: ca }),
            ...(certificate === undefined ? {} : { certFile: certificate }),
            ...(key === undefined ? {} : { keyFile: key }),
          },
        }
      : {}),
  };
}

function authenticatorOf(
  credentials: NonNullable<NatsNetwork['credentials']>,
  secretOf: (secret: Secret, key: string) => string,
): Authenticator {
  const read = (secret: Secret, key: string) => secretOf(secret, `link.credentials.${key}`);
  if ('user' in credentials)
    return usernamePasswordAuthenticator(credentials.user, read(credentials.password, 'password'));
  if ('token' in credentials) return tokenAuthenticator(read(credentials.token, 'token'));
  if ('nkey' in credentials) return nkeyAuthenticator(Buffer.from(read(credentials.nkey, 'nkey')));
  return credsAuthenticator(Buffer.from(read(credentials.creds, 'creds')));
}
