import type { Clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import { decodeEnvelope, RECEIVER_HEADER, SENDER_HEADER } from './envelope.ts';
import type { Inbox } from './inbox.ts';
import type { LinkKeys } from './keys.ts';
import type { Message, Packet, Receipt } from './port.ts';
import { verifySignature } from './signature.ts';

export interface DoorParts {
  readonly inbox: Pick<Inbox, 'receive'>;
  readonly clock: Clock;
  /** The code of our own organisation. */
  readonly organisation: string;
  /** The keys of each organisation that may send to us, by its code; read anew for each packet. */
  readonly keys: ReadonlyMap<string, LinkKeys>;
}

/** Where packets come in, over whichever link: lets in what its sender signed and what is for us. */
export class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** See `Take` in port.ts. */
  take = async (packet: Packet): Promise<Receipt> => {
    return this.#parts.inbox.receive(this.open(packet), packet.bytes);
  };

  /** The message, when its sender is known, its signature holds, and it is for us. See `Open` in port.ts. */
  open = ({ headers, bytes, ageMaxS }: Packet): Message => {
    const { organisation, keys, clock } = this.#parts;
    const sender = headers[SENDER_HEADER] ?? '';
    const id = headers['webhook-id'] ?? '';
    const signed = {
      id,
      timestamp: headers['webhook-timestamp'] ?? '',
      signature: headers['webhook-signature'] ?? '',
    };
    const secrets = keys.get(sender)?.secrets ?? [];
    if (!secrets.some((secret) => verifySignature(secret, signed, bytes, clock.now(), ageMaxS)))
      throw new Fault('link.unknown-sender');
    const decoded = decodeEnvelope(bytes);
    if (!decoded.ok)
      throw new Fault('request.invalid', { pointer: decoded.error.pointer, detail: 'envelope' });
    const message = decoded.value;
    if (message.from !== sender) throw new Fault('request.invalid', { pointer: '/body/from' });
    if (message.id !== id) throw new Fault('request.invalid', { pointer: '/body/id' });
    if (message.to !== organisation || headers[RECEIVER_HEADER] !== organisation)
      throw new Fault('link.not-for-us');
    return message;
  };
}
