import type { Clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import { splitEnvelopes } from './batch.ts';
import {
  decodeEnvelope,
  ENVELOPE_BYTES_MAX,
  encodeEnvelope,
  RECEIVER_HEADER,
  SENDER_HEADER,
} from './envelope.ts';
import type { Arrival, Inbox } from './inbox.ts';
import type { LinkKeys } from './keys.ts';
import type { Message, Packet, Receipt } from './port.ts';
import type { Relay } from './relay.ts';
import { isSealed, openBody } from './sealing.ts';
import { provedBy } from './signature.ts';

/** Older than that, a repeat of it might have been forgotten; see INBOX_KEPT_MS. */
const MESSAGE_AGE_DAYS_MAX = 60;

const DAY_MS = 24 * 3_600_000;

export interface DoorParts {
  readonly inbox: Pick<Inbox, 'receive' | 'receiveAll'>;
  readonly clock: Clock;
  /** The code of our own organisation. */
  readonly organisation: string;
  /** The keys of each organisation that may send to us, by its code; read anew for each packet. */
  readonly keys: ReadonlyMap<string, LinkKeys>;
  /** After how many days a message is too old to be taken. */
  readonly messageAgeDaysMax?: number | undefined;
  /** Takes what is for somebody else; without one, it is refused. */
  readonly relay?: Relay;
}

/** Where packets come in, over whichever link: lets in what its sender signed and what is for us. */
export class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** See `Take` in port.ts. */
  take = async (packet: Packet): Promise<Receipt> => {
    const { message, payload, relay } = this.#arrival(this.#open(packet));
    return this.#parts.inbox.receive(message, payload, relay);
  };

  /** See `TakeAll` in port.ts. */
  takeAll = async (packet: Packet): Promise<readonly PromiseSettledResult<Receipt>[]> => {
    const sender = this.#prove(packet);
    const lines = splitEnvelopes(packet.bytes);
    if (!lines) throw new Fault('request.too-large');
    if (lines.length === 0) throw new Fault('request.invalid', { pointer: '/body' });
    const opened = await Promise.allSettled(
      lines.map(async (line) => this.#arrival(this.#read(line, sender))),
    );
    const arrivals = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const taken = await this.#parts.inbox.receiveAll(arrivals);
    return opened.map((each) => (each.status === 'fulfilled' ? taken.shift()! : each));
  };

  /**
   * The message, when its sender is known, its signature holds, and it is for us or for us to pass on. See `Open` in
   * port.ts.
   */
  open = (packet: Packet): Message => this.#open(packet).message;

  #open(packet: Packet): Opened {
    const sender = this.#prove(packet);
    const opened = this.#read(packet.bytes, sender);
    if (opened.message.id !== packet.headers['webhook-id'])
      throw new Fault('request.invalid', { pointer: '/body/id' });
    return opened;
  }

  /** Who hands the packet over to us, by its signature. */
  #prove({ headers, bytes, ageMaxS }: Packet): Neighbour {
    const { organisation, keys, clock } = this.#parts;
    const code = headers[SENDER_HEADER] ?? '';
    const signed = {
      id: headers['webhook-id'] ?? '',
      timestamp: headers['webhook-timestamp'] ?? '',
      signature: headers['webhook-signature'] ?? '',
    };
    const theirs = keys.get(code);
    if (!theirs) throw new Fault('link.unknown-sender');
    const proof = provedBy(theirs, signed, bytes, { nowMs: clock.now(), ageMaxS });
    if (proof === 'forged') throw new Fault('link.signature');
    if (proof === 'stale') throw new Fault('link.clock');
    if (headers[RECEIVER_HEADER] !== organisation) throw new Fault('link.not-for-us');
    return { code, keys: theirs };
  }

  /** One envelope that its sender's neighbour handed over. */
  #read(bytes: Buffer, sender: Neighbour): Opened {
    const { organisation, clock, relay, messageAgeDaysMax = MESSAGE_AGE_DAYS_MAX } = this.#parts;
    if (bytes.length > ENVELOPE_BYTES_MAX) throw new Fault('request.too-large');
    const decoded = decodeEnvelope(bytes);
    if (!decoded.ok)
      throw new Fault('request.invalid', { pointer: decoded.error.pointer, detail: 'envelope' });
    const message = decoded.value;
    if ((message.via?.at(-1) ?? message.from) !== sender.code)
      throw new Fault('request.invalid', { pointer: message.via ? '/body/via' : '/body/from' });
    if (message.to !== organisation && !relay) throw new Fault('link.not-for-us');
    if (message.via && !relay?.mayComeFrom(sender.code, message)) throw new Fault('link.not-on-way');
    if (message.at !== undefined && clock.now() - message.at > messageAgeDaysMax * DAY_MS) {
      throw new Fault('link.too-old', { facts: { days: messageAgeDaysMax } });
    }
    const opened = bodyOpened(message, sender.keys);
    // By which way it came, and how it was sealed, does not make it another message.
    const asItCame = opened === message && !message.via;
    return { message: opened, payload: asItCame ? bytes : encodeEnvelope({ ...opened, via: undefined }) };
  }

  #arrival({ message, payload }: Opened): Arrival {
    const { organisation, relay } = this.#parts;
    return { message, payload, relay: message.to === organisation ? undefined : relay };
  }
}

/** Who hands something over to us, and by what it is known. */
interface Neighbour {
  readonly code: string;
  readonly keys: LinkKeys;
}

/** A message, and the bytes by which a repeat of it is told from a conflict. */
type Opened = Pick<Arrival, 'message' | 'payload'>;

/** Opens a sealed body; one that should be sealed and is not is refused. */
function bodyOpened(message: Message, keys: LinkKeys): Message {
  if (!isSealed(message.body)) {
    if (keys.mustBeSealed) throw new Fault('link.not-sealed');
    return message;
  }
  const body = openBody(message, keys.own?.openWith ?? []);
  if (!body) throw new Fault('link.sealed');
  const opened = decodeEnvelope(encodeEnvelope({ ...message, body }));
  if (!opened.ok) throw new Fault('request.invalid', { pointer: opened.error.pointer, detail: 'sealed' });
  return opened.value;
}
