import { Fault } from '../../errors.ts';
import { selectFolder } from '../files/card.ts';
import type { Authenticate } from '../files/chip-files.ts';
import type { CardSlot, EncryptionMachine, SocialSecurityCard } from '../port.ts';
import { readSocialSecurityCard } from './application.ts';
import type { Authenticator } from './authentication.ts';
import { drawChallenge, showCryptogram } from './challenge.ts';
import { algorithmCodes } from './encryption.ts';
import { socialSecurityFiles } from './files.ts';
import { EF06 } from './items.ts';

/**
 * Addresses of the keys that open a file for reading, as the encryption machine knows them; the last byte is the key's
 * number on the card (as published for LD/T 33 iReadCard_HSM_Step1).
 */
const readingKeys: readonly (readonly [application: RegExp, file: RegExp, keyAddress: string])[] = [
  [/^SSSE$/, /^EF0[78]$/, '004C0A'],
  [/^DF07$/, /^EF05$/, '007A3D'],
  [/^DF07$/, /^EF06$/, '00803F'],
  [/^DF07$/, /^EF07$/, '0086B1'],
  [/^DF01$/, /./, '004F2E'],
  [/^DF02$/, /./, '006435'],
  [/^DF03$/, /^EF05$/, '01962C'],
  [/^DF04$/, /^EF(05|15)$/, '01822D'],
];
const OTHER_KEY = '01932B';

export interface FileKeyParts {
  readonly atr: Buffer;
  /** Opens the holder's file, as a reading does. */
  readonly authenticator: Authenticator | undefined;
  /** Knows the keys of the further files. */
  readonly machine: EncryptionMachine | undefined;
}

/**
 * Opens files of a social-security card for reading: the holder's by the way a reading takes, further ones by their own
 * key, which only the encryption machine has. Nothing is opened for writing: which key that takes is not public.
 */
export function fileKeys({ atr, authenticator, machine }: FileKeyParts): Authenticate {
  let known: Promise<SocialSecurityCard> | undefined;
  return async ({ slot, application, file, purpose }) => {
    const holder = application === socialSecurityFiles.root && file === EF06;
    if (purpose === 'write' || (holder ? authenticator : machine) === undefined) return false;
    // What its keys are derived by stands in the main application.
    await selectFolder(slot, socialSecurityFiles, socialSecurityFiles.root, application);
    known ??= readSocialSecurityCard(slot, atr);
    const card = await known;
    if (application !== socialSecurityFiles.root) {
      await selectFolder(slot, socialSecurityFiles, application, socialSecurityFiles.root);
    }
    if (holder) return openHolder(slot, card, authenticator!);
    return openByKey(slot, card, machine!, keyOf(application, file));
  };
}

/** Faults: those of the authenticator, and what kept it from being tried, such as `encryption.unreachable`. */
async function openHolder(
  slot: CardSlot,
  card: SocialSecurityCard,
  authenticator: Authenticator,
): Promise<boolean> {
  const outcome = await authenticator.authenticate(slot, card);
  if ('by' in outcome) return true;
  const { code, detail } = outcome.hindrance;
  if (code === 'card.locked-data') return false;
  throw new Fault(code, detail === undefined ? {} : { detail });
}

async function openByKey(
  slot: CardSlot,
  card: SocialSecurityCard,
  machine: EncryptionMachine,
  keyAddress: string,
): Promise<boolean> {
  // As in a reading: the source first, and the process factor last, over which the card holds what it is shown.
  const source = await drawChallenge(slot);
  const factor = await drawChallenge(slot);
  const { external } = await machine.keyed({
    region: card.cardId.slice(0, 6),
    resetInformation: card.resetInformation,
    algorithm: algorithmCodes[card.algorithm],
    cardId: card.cardId,
    cardNumber: card.cardNumber,
    keyAddress,
    factor: hex(factor),
    source: hex(source),
  });
  const key = Number.parseInt(keyAddress.slice(-2), 16);
  return (await showCryptogram(slot, key, Buffer.from(external, 'hex'))) === 'open';
}

function keyOf(application: string, file: number): string {
  const name = file.toString(16).toUpperCase();
  const found = readingKeys.find(([app, files]) => app.test(application) && files.test(name));
  return found?.[2] ?? OTHER_KEY;
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
