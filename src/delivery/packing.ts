import type { Clock } from '../clock.ts';
import { encodeEnvelope, RECEIVER_HEADER, SENDER_HEADER } from './envelope.ts';
import type { LinkKeys } from './keys.ts';
import type { Pack } from './port.ts';
import { signatureOf } from './signature.ts';

/** Makes packets for one organisation: encoded and signed as the keys say. */
export function packWith(keys: LinkKeys, clock: Clock): Pack {
  const [secret] = keys.secrets;
  if (!secret) throw new Error('a link has no secret to sign with');
  return (message) => {
    const bytes = encodeEnvelope(message);
    const timestampS = Math.floor(clock.now() / 1_000);
    const headers = {
      [SENDER_HEADER]: message.via?.at(-1) ?? message.from,
      [RECEIVER_HEADER]: message.hop ?? message.to,
      'webhook-id': message.id,
      'webhook-timestamp': String(timestampS),
      'webhook-signature': signatureOf(secret, message.id, timestampS, bytes),
    };
    return { headers, bytes };
  };
}
