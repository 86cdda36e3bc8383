import type { ProfileFrame, ReaderProfile } from '../../../schemas/reader-profile.ts';
import { checksums } from './checksum.ts';

/** A reply whose frame is whole and whose checksum holds. */
export interface ProfileReply {
  /** Its status, big-endian. */
  readonly status: number;
  /** The data of the frame, status included. */
  readonly data: Buffer;
}

/** The sizes and bytes that follow from a profile's frame, worked out once. */
export interface FrameForm {
  readonly requestPreamble: Buffer;
  readonly replyPreambles: readonly Buffer[];
  readonly lengthOffset: number;
  readonly lengthBytes: number;
  readonly littleEndian: boolean;
  /** Header: everything before the data. */
  readonly headerBytes: number;
  /** What the length field does not count: a frame has so many bytes more than the field says. */
  readonly uncountedBytes: number;
  readonly trailer: Buffer;
  readonly trailerFirst: boolean;
  readonly checksum: ProfileFrame['checksum']['kind'];
  readonly checksumBytes: number;
  readonly checksumFrom: number;
  /** A reply with a status and nothing else. */
  readonly bytesMin: number;
  readonly bytesMax: number;
  readonly statusOffset: number;
  readonly statusBytes: number;
}

export function frameFormOf({ frame, reply }: Pick<ReaderProfile, 'frame' | 'reply'>): FrameForm {
  const { length, checksum } = frame;
  const headerBytes = length.offset + length.bytes;
  const trailer = Buffer.from(frame.trailer?.bytes ?? '', 'hex');
  const checksumBytes = checksums[checksum.kind].bytes;
  const sizes = { header: headerBytes, trailer: trailer.length, checksum: checksumBytes };
  const uncounted = (['header', 'trailer', 'checksum'] as const).filter(
    (part) => !length.counts.includes(part),
  );
  const { offset: statusOffset, bytes: statusBytes } = reply.status;
  return {
    requestPreamble: Buffer.from(frame.requestPreamble, 'hex'),
    replyPreambles: frame.replyPreambles.map((preamble) => Buffer.from(preamble, 'hex')),
    lengthOffset: length.offset,
    lengthBytes: length.bytes,
    littleEndian: length.order === 'little-endian',
    headerBytes,
    uncountedBytes: uncounted.reduce((sum, part) => sum + sizes[part], 0),
    trailer,
    trailerFirst: frame.trailer?.stands === 'before-checksum',
    checksum: checksum.kind,
    checksumBytes,
    checksumFrom: checksum.from ?? 0,
    bytesMin: headerBytes + statusOffset + statusBytes + trailer.length + checksumBytes,
    bytesMax: frame.bytesMax,
    statusOffset,
    statusBytes,
  };
}

/** Puts data into the frame of a request. Undefined where it is more than the length field can say. */
export function encodeRequest(form: FrameForm, data: Buffer): Buffer | undefined {
  const frame = Buffer.alloc(form.headerBytes + data.length + form.trailer.length + form.checksumBytes);
  const claimed = frame.length - form.uncountedBytes;
  if (claimed >= 2 ** (8 * form.lengthBytes)) return undefined;
  form.requestPreamble.copy(frame);
  if (form.littleEndian) frame.writeUIntLE(claimed, form.lengthOffset, form.lengthBytes);
  else frame.writeUIntBE(claimed, form.lengthOffset, form.lengthBytes);
  data.copy(frame, form.headerBytes);
  form.trailer.copy(frame, trailerAt(form, frame.length));
  const sumAt = checksumAt(form, frame.length);
  frame.set(checksums[form.checksum].of(frame.subarray(form.checksumFrom, sumAt)), sumAt);
  return frame;
}

/** Takes a whole frame apart, whose preamble, length, trailer and checksum hold. */
export function decodeReply(form: FrameForm, frame: Buffer): ProfileReply {
  const data = frame.subarray(form.headerBytes, frame.length - form.trailer.length - form.checksumBytes);
  return { status: data.readUIntBE(form.statusOffset, form.statusBytes), data };
}

/** Where the trailer stands in a frame of so many bytes. */
export function trailerAt(form: FrameForm, bytes: number): number {
  return bytes - form.trailer.length - (form.trailerFirst ? form.checksumBytes : 0);
}

/** Where the checksum stands, and what it covers ends. */
export function checksumAt(form: FrameForm, bytes: number): number {
  return bytes - form.checksumBytes - (form.trailerFirst ? 0 : form.trailer.length);
}
