import { hash, randomBytes } from 'node:crypto';
import { GATEWAY, USER_PREFIX } from './caller.ts';

/** What an API client may do. A route names the one it needs; a client lists those it has. */
export const SCOPES = [
  'reader:read',
  'reading:write',
  'card:write',
  'purse:write',
  'desk:connect',
  'eligibility:write',
  'settlement:read',
  'settlement:write',
  'transaction:write',
  'catalogue:read',
  'catalogue:write',
  'referral:read',
  'referral:write',
  'referral:review',
  'referral:export',
  'organisation:write',
  'delivery:read',
  'delivery:write',
  'measure:read',
  'event:read',
  'event:write',
  'audit:read',
  'user:read',
  'user:write',
  'operation:read',
  'metrics:read',
  'sandbox:write',
] as const;

export type Scope = (typeof SCOPES)[number];

/** A program that calls the gateway: a HIS, a desk page, a console. */
export interface Client {
  readonly id: string;
  readonly keyHash: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Makes a key: `yk_<client>_<43 random characters>`. Only its hash is ever stored. */
export function newKey(clientId: string): { key: string; hash: string } {
  const key = `yk_${clientId}_${randomBytes(32).toString('base64url')}`;
  return { key, hash: hashOfKey(key) };
}

/** A key has 256 random bits, so one round of SHA-256 is enough: there is nothing to guess. */
export function hashOfKey(key: string): string {
  return hash('sha256', key, 'hex');
}

/** Finds the client a key belongs to. The look-up is by hash, so its time tells nothing about the key. */
export class ClientDirectory {
  readonly #byHash: ReadonlyMap<string, Client>;

  /**
   * Throws when two clients have one id or one key, or one is called as the gateway itself: the audit trail could not
   * tell them apart.
   */
  constructor(clients: readonly Client[]) {
    if (clients.some(({ id }) => id.startsWith(USER_PREFIX))) {
      throw new Error(
        `客户端不能以 ${USER_PREFIX} 开头 / no client may be called ${USER_PREFIX}…: people are`,
      );
    }
    if (clients.some(({ id }) => id === GATEWAY)) {
      throw new Error(
        `客户端不能叫 ${GATEWAY},这是网关自己的名字 / no client may be called ${GATEWAY}: the gateway is`,
      );
    }
    const ids = new Set(clients.map((client) => client.id));
    const hashes = new Set(clients.map((client) => client.keyHash));
    if (ids.size < clients.length || hashes.size < clients.length) {
      throw new Error('两个客户端的编号或密钥相同 / two clients have the same id or the same key');
    }
    this.#byHash = new Map(clients.map((client) => [client.keyHash, client]));
  }

  /** For a page that can send no key. */
  called(id: string): Client | undefined {
    return [...this.#byHash.values()].find((client) => client.id === id);
  }

  find(key: string): Client | undefined {
    return this.#byHash.get(hashOfKey(key));
  }
}
