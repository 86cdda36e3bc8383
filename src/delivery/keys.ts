import type { LinkConfiguration } from '../../schemas/link-configuration.ts';
import { linkSecretOf } from './signature.ts';

/** By what one organisation's messages are known, and ours to it. */
export interface LinkKeys {
  /** Shared with it: the first signs what we send, each of them is good for what it sends. */
  readonly secrets: readonly Buffer[];
}

/** Reads the keys of a configured link. `secretOf` reads one secret; `where` names it where it can't. */
export function linkKeysOf(
  link: LinkConfiguration,
  secretOf: (secret: LinkConfiguration['secret'], where: string) => string,
  where: string,
): LinkKeys {
  const secrets = [linkSecretOf(secretOf(link.secret, `${where}.secret`))];
  if (link.previousSecret)
    secrets.push(linkSecretOf(secretOf(link.previousSecret, `${where}.previousSecret`)));
  return { secrets };
}
