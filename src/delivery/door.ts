import type { Clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import { decodeEnvelope, encodeEnvelope, RECEIVER_HEADER, SENDER_HEADER } from './envelope.ts';
import type { Inbox } from './inbox.ts';
import type { LinkKeys } from './keys.ts';
import type { Message, Packet, Receipt } from './port.ts';
import type { Relay } from './relay.ts';
import { isSealed, openBody } from './sealing.ts';
import { provedBy } from './signature.ts';

/** Older than that, a repeat of it might have been forgotten; see INBOX_KEPT_MS. */
const MESSAGE_AGE_DAYS_MAX = 60;

const DAY_MS = 24 * 3_600_000;

export interface DoorParts {
  readonly inbox: Pick<Inbox, 'receive'>;
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
    const { message, asItCame } = this.#open(packet);
    const { inbox, organisation, relay } = this.#parts;
    // By which way it came, and how it was sealed, does not make it another message.
    const content = asItCame && !message.via ? packet.bytes : encodeEnvelope({ ...message, via: undefined });
    return inbox.receive(message, content, message.to === organisation ? undefined : relay);
  };

  /**
   * The message, when its sender is known, its signature holds, and it is for us or for us to pass on. See `Open` in
   * port.ts.
   */
  open = (packet: Packet): Message => this.#open(packet).message;

  #open({ headers, bytes, ageMaxS }: Packet): { message: Message; asItCame: boolean } {
    const { organisation, keys, clock, relay, messageAgeDaysMax = MESSAGE_AGE_DAYS_MAX } = this.#parts;
    const sender = headers[SENDER_HEADER] ?? '';
    const id = headers['webhook-id'] ?? '';
    const signed = {
      id,
      timestamp: headers['webhook-timestamp'] ?? '',
      signature: headers['webhook-signature'] ?? '',
    };
    const theirs = keys.get(sender);
    if (!theirs) throw new Fault('link.unknown-sender');
    const proof = provedBy(theirs, signed, bytes, { nowMs: clock.now(), ageMaxS });
    if (proof === 'forged') throw new Fault('link.signature');
    if (proof === 'stale') throw new Fault('link.clock');
    const decoded = decodeEnvelope(bytes);
    if (!decoded.ok)
      throw new Fault('request.invalid', { pointer: decoded.error.pointer, detail: 'envelope' });
    const message = decoded.value;
    if ((message.via?.at(-1) ?? message.from) !== sender)
      throw new Fault('request.invalid', { pointer: message.via ? '/body/via' : '/body/from' });
    if (message.id !== id) throw new Fault('request.invalid', { pointer: '/body/id' });
    const isForUs = message.to === organisation || relay !== undefined;
    if (!isForUs || headers[RECEIVER_HEADER] !== organisation) throw new Fault('link.not-for-us');
    if (message.via && !relay?.mayComeFrom(sender, message)) throw new Fault('link.not-on-way');
    if (message.at !== undefined && clock.now() - message.at > messageAgeDaysMax * DAY_MS) {
      throw new Fault('link.too-old', { facts: { days: messageAgeDaysMax } });
    }
    return bodyOpened(message, theirs);
  }
}

/** Opens a sealed body; one that should be sealed and is not is refused. */
function bodyOpened(message: Message, keys: LinkKeys): { message: Message; asItCame: boolean } {
  if (!isSealed(message.body)) {
    if (keys.mustBeSealed) throw new Fault('link.not-sealed');
    return { message, asItCame: true };
  }
  const body = openBody(message, keys.own?.openWith ?? []);
  if (!body) throw new Fault('link.sealed');
  const opened = decodeEnvelope(encodeEnvelope({ ...message, body }));
  if (!opened.ok) throw new Fault('request.invalid', { pointer: opened.error.pointer, detail: 'sealed' });
  return { message: opened.value, asItCame: false };
}
