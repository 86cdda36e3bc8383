/** Historical bytes a card may name in its ATR (ISO 7816-3: the low half of T0). */
const HISTORICAL_MASK = 0x0f;

/**
 * The historical bytes of an ATR (ISO 7816-3). On a social-security card they are 13: COS, chip maker, vendor, city
 * and serial number, and their hex digits are the field 卡复位信息 of LD/T 33. Empty where the ATR is cut short.
 */
export function historicalBytes(atr: Buffer): Buffer {
  const format = atr[1];
  if (format === undefined) return Buffer.alloc(0);
  let at = 2;
  let announced = format >> 4;
  while (announced !== 0 && at < atr.length) {
    // Each bit announces one of TA, TB, TC, TD; TD (bit 3) announces the next round.
    at += (announced & 1) + ((announced >> 1) & 1) + ((announced >> 2) & 1);
    if ((announced & 8) === 0) break;
    announced = (atr[at++] ?? 0) >> 4;
  }
  const count = format & HISTORICAL_MASK;
  return at + count <= atr.length ? atr.subarray(at, at + count) : Buffer.alloc(0);
}
