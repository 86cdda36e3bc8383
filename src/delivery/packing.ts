import type { Clock } from '../clock.ts';
import { joinEnvelopes } from './batch.ts';
import { encodeEnvelope, RECEIVER_HEADER, SENDER_HEADER } from './envelope.ts';
import type { LinkKeys } from './keys.ts';
import type { Message, Pack } from './port.ts';
import { sealBody } from './sealing.ts';
import { keySignatureOf, signatureOf } from './signature.ts';

/** Makes packets for one organisation: encoded, sealed and signed as the keys say. */
export function packWith(keys: LinkKeys, clock: Clock): Pack {
  const [secret] = keys.secrets;
  if (!secret) throw new Error('a link has no secret to sign with');
  const { sealFor, own } = keys;
  const envelopeOf = (message: Message) =>
    encodeEnvelope(sealFor ? { ...message, body: sealBody(message, sealFor) } : message);
  return (message, ...more) => {
    const bytes = joinEnvelopes([message, ...more].map(envelopeOf));
    const timestampS = Math.floor(clock.now() / 1_000);
    const signatures = [signatureOf(secret, message.id, timestampS, bytes)];
    if (own?.signWith) signatures.push(keySignatureOf(own.signWith, message.id, timestampS, bytes));
    const headers = {
      [SENDER_HEADER]: message.via?.at(-1) ?? message.from,
      [RECEIVER_HEADER]: message.hop ?? message.to,
      'webhook-id': message.id,
      'webhook-timestamp': String(timestampS),
      'webhook-signature': signatures.join(' '),
    };
    return { headers, bytes };
  };
}
