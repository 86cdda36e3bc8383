import type { KeyObject } from 'node:crypto';
import type { Secret } from '../../schemas/configuration-words.ts';
import type { DeliveryConfiguration } from '../../schemas/delivery-configuration.ts';
import type { LinkConfiguration } from '../../schemas/link-configuration.ts';
import { privateKeyOf, publicKeyOf } from './sealing.ts';
import { linkSecretOf } from './signature.ts';

/** By what one organisation's messages are known, and ours to it. */
export interface LinkKeys {
  /** Shared with it: the first signs what we send, each of them is good for what it sends. */
  readonly secrets: readonly Buffer[];
  /** Its Ed25519 keys; where there are any, only they prove that a message is its own. */
  readonly theirs?: readonly KeyObject[];
  /** What is sent to it is sealed for this key. */
  readonly sealFor?: KeyObject | undefined;
  /** Whether what it sends must be sealed. */
  readonly mustBeSealed?: boolean;
  readonly own?: OwnKeys;
}

/** Our own private keys: Ed25519 to sign with, X25519 to open with. */
export interface OwnKeys {
  readonly signWith?: KeyObject | undefined;
  readonly openWith: readonly KeyObject[];
}

type SecretOf = (secret: Secret, where: string) => string;

/** Reads the keys of a configured link. `secretOf` reads one secret; `where` names it where it can't. */
export function linkKeysOf(
  link: LinkConfiguration,
  secretOf: SecretOf,
  where: string,
  own?: OwnKeys,
): LinkKeys {
  const secrets = [linkSecretOf(secretOf(link.secret, `${where}.secret`))];
  if (link.previousSecret)
    secrets.push(linkSecretOf(secretOf(link.previousSecret, `${where}.previousSecret`)));
  return {
    secrets,
    theirs: (link.theirKeys ?? []).map((text) => publicKeyOf('Ed25519', rawKey(text, 'whpk_'))),
    sealFor: link.encryptTo ? publicKeyOf('X25519', rawKey(link.encryptTo, 'ykpk_')) : undefined,
    mustBeSealed: link.encrypted ?? false,
    ...(own ? { own } : {}),
  };
}

/** Reads our own keys of the section `delivery`. */
export function ownKeysOf(rules: DeliveryConfiguration | undefined, secretOf: SecretOf): OwnKeys {
  const { signingKey, decryptionKeys = [] } = rules ?? {};
  return {
    signWith:
      signingKey && privateKeyOf('Ed25519', rawKey(secretOf(signingKey, 'delivery.signingKey'), 'whsk_')),
    openWith: decryptionKeys.map((secret, i) =>
      privateKeyOf('X25519', rawKey(secretOf(secret, `delivery.decryptionKeys.${i}`), 'yksk_')),
    ),
  };
}

const RAW_BYTES = 32;

/** A key as its 32 bytes in base64, behind its prefix. */
function rawKey(text: string, prefix: string): Buffer {
  const raw = Buffer.from(text.trim().replace(prefix, ''), 'base64');
  if (raw.length === RAW_BYTES) return raw;
  throw new Error(
    `机构间密钥应为 ${prefix} 加 ${RAW_BYTES} 字节的 base64 / a key between organisations is ${prefix} and base64 of ${RAW_BYTES} bytes`,
  );
}
