import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { Packet } from '../../../src/delivery/port.ts';

/** The packet that a NATS message carries. A header given twice is no header of ours. */
export function packetOf(message: {
  readonly headers?: MsgHdrs | undefined;
  readonly data: Uint8Array;
}): Packet {
  const names = [...(message.headers ?? [])].map(([name, values]) => [
    name.toLowerCase(),
    values.length === 1 ? values[0] : undefined,
  ]);
  const { buffer, byteOffset, byteLength } = message.data;
  return { headers: Object.fromEntries(names), bytes: Buffer.from(buffer, byteOffset, byteLength) };
}

/** The headers of a packet as NATS carries them. */
export function natsHeadersOf(packet: Packet): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(packet.headers)) {
    if (value !== undefined) made.set(name, value);
  }
  return made;
}
