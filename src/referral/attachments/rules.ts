import { type MediaType, PART_BYTES } from '../../../schemas/attachment.ts';

/** How much of one referral's files a gateway takes and keeps. */
export interface AttachmentLimits {
  readonly bytesMax: number;
  /** Files of one referral, of both sides together. */
  readonly countMax: number;
  /** What the files of one organisation that are not whole yet may amount to. */
  readonly unfinishedBytesMax: number;
}

/** How many parts a file travels in. */
export function partsOf(bytes: number): number {
  return Math.ceil(bytes / PART_BYTES);
}

/** Where in the file a part lies. */
export function rangeOf(part: number, bytes: number): { readonly from: number; readonly to: number } {
  const from = part * PART_BYTES;
  return { from, to: Math.min(from + PART_BYTES, bytes) };
}

/** How much of its beginning tells what a file is. */
export const HEAD_BYTES = 512;

const DICOM_PREAMBLE_BYTES = 128;

/**
 * What a file is, by its first bytes; undefined for whatever is not taken, such as programs, archives and documents with
 * macros. A reference to images is a DICOM JSON data set (PS3.18 annex F).
 */
export function mediaTypeOf(head: Buffer): MediaType | undefined {
  if (head.subarray(0, 5).toString('latin1') === '%PDF-') return 'application/pdf';
  if (begins(head, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  if (begins(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (begins(head, [0x49, 0x49, 0x2a, 0x00]) || begins(head, [0x4d, 0x4d, 0x00, 0x2a])) return 'image/tiff';
  if (head.subarray(DICOM_PREAMBLE_BYTES, DICOM_PREAMBLE_BYTES + 4).toString('latin1') === 'DICM')
    return 'application/dicom';
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^<\?xml[\s?]/.test(text)) return 'application/xml';
  if (/^\[?\s*\{\s*"[0-9A-F]{8}"\s*:/.test(text)) return 'application/dicom+json';
  return undefined;
}

function begins(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => head[at] === byte);
}

/** What a caller says a file is agrees with what it is; a browser that doesn't know says octet-stream. */
export function agrees(declared: string | undefined, found: MediaType): boolean {
  if (declared === undefined || declared === '' || declared === 'application/octet-stream') return true;
  const said = declared.split(';')[0]?.trim().toLowerCase();
  if (said === found) return true;
  const also: Partial<Record<MediaType, readonly string[]>> = {
    'image/jpeg': ['image/jpg'],
    'application/xml': ['text/xml'],
    'application/dicom+json': ['application/json'],
  };
  return also[found]?.includes(said ?? '') ?? false;
}

/** Why a file that another organisation announces is not taken, as an error code. */
export function refusalOf(
  file: { readonly bytes: number },
  known: { readonly count: number; readonly unfinishedBytes: number },
  limits: AttachmentLimits,
): 'attachment.too-large' | 'attachment.too-many' | 'busy' | undefined {
  if (file.bytes > limits.bytesMax) return 'attachment.too-large';
  if (known.count >= limits.countMax) return 'attachment.too-many';
  // Passes by itself when what is under way is whole.
  if (known.unfinishedBytes + file.bytes > limits.unfinishedBytesMax) return 'busy';
  return undefined;
}
