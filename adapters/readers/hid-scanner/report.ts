/**
 * The input report of a bar code scanner (USB HID Point of Sale Usage Tables 1.02, usage page 8C), its id first.
 * Makers agree in the length and in the last byte, which tells that the code goes on in the next report; between
 * them stand
 *
 *     02 | length | ] | two letters of the AIM identifier | data, 56 bytes | maker's letter | 00 | more
 *     02 | length | something | ] | two letters | data, 56 bytes | 00 | more
 *     02 | length | data, 56 bytes | 4 bytes | maker's letter | more
 *
 * the first with Honeywell, Access-IS and most others, the third with Newland. Bytes behind the data are zero.
 */
export interface CodePart {
  /** `]Q1`, where the layout has it; the parts of one code agree in it. */
  readonly aim: string | undefined;
  readonly data: Buffer;
  /** Whether the code goes on in the next report. */
  readonly more: boolean;
}

const REPORT_ID = 0x02;
const DATA_BYTES_MAX = 56;
const MORE_AT = 63;

const AIM_MARK = ']'.charCodeAt(0);
const AIM_BYTES = 3;

/** Newland's reports carry no AIM identifier (NLS-FM420 integration guide, HID-POS). */
const VENDORS_WITHOUT_AIM: ReadonlySet<string> = new Set(['1eab']);

/**
 * The part of a code that a report holds; nothing where it is another report, or damaged.
 * @param vendorId Four lower-case hex digits.
 */
export function partOf(report: Buffer, vendorId: string): CodePart | undefined {
  const length = report[1];
  if (report[0] !== REPORT_ID || length === undefined || length > DATA_BYTES_MAX) return undefined;
  const aimAt = VENDORS_WITHOUT_AIM.has(vendorId) ? undefined : aimPlace(report);
  if (aimAt === 'none') return undefined;
  const dataAt = aimAt === undefined ? 2 : aimAt + AIM_BYTES;
  if (report.length < dataAt + length) return undefined;
  return {
    aim: aimAt === undefined ? undefined : report.toString('latin1', aimAt, dataAt),
    data: report.subarray(dataAt, dataAt + length),
    more: (report[MORE_AT] ?? 0) !== 0,
  };
}

/** The second place comes first: what stands before the mark there can be anything, a mark too. */
function aimPlace(report: Buffer): number | 'none' {
  if (report[3] === AIM_MARK) return 3;
  return report[2] === AIM_MARK ? 2 : 'none';
}
