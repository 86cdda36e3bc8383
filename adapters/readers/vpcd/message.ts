/**
 * What passes between a virtual reader and a virtual card (vpcd and vicc of vsmartcard): two bytes of length,
 * big-endian, and so many bytes. A single byte from the reader is one of these; anything longer is a command, which
 * is answered, as `atr` is. The others have no answer.
 */
export const control = {
  off: Buffer.of(0x00),
  on: Buffer.of(0x01),
  reset: Buffer.of(0x02),
  atr: Buffer.of(0x04),
} as const;

/** More than any card answers to a command: 256 bytes and two of status; what is longer is not a card's. */
export const MESSAGE_BYTES_MAX = 4_096;

const LENGTH_BYTES = 2;

export function encodeMessage(body: Buffer): Buffer {
  const message = Buffer.alloc(LENGTH_BYTES + body.length);
  message.writeUInt16BE(body.length, 0);
  body.copy(message, LENGTH_BYTES);
  return message;
}

/** Cuts messages out of what a card sends, and never holds more than one. */
export class MessageCutter {
  #held: Buffer = Buffer.alloc(0);

  /** The messages that end in these bytes; 'too-long' where one claims more bytes than a card would send. */
  take(bytes: Buffer): Buffer[] | 'too-long' {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const messages: Buffer[] = [];
    let at = 0;
    while (all.length - at >= LENGTH_BYTES) {
      const length = all.readUInt16BE(at);
      if (length > MESSAGE_BYTES_MAX) return 'too-long';
      const end = at + LENGTH_BYTES + length;
      if (end > all.length) break;
      messages.push(Buffer.from(all.subarray(at + LENGTH_BYTES, end)));
      at = end;
    }
    this.#held = Buffer.from(all.subarray(at));
    return messages;
  }

  /** Bytes held for a message that is not complete. */
  get heldBytes(): number {
    return this.#held.length;
  }
}
