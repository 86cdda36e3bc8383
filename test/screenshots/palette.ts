import UPNG from 'upng-js';

/** More than a page of flat colours needs; a palette of a byte has no more. */
const COLOURS = 256;
const FEWER = 64;

/** A PNG as small as it gets without looking it: a palette, with fewer colours where that is not enough. */
export function withPalette(png: Buffer, bytesMax: number): Buffer {
  const image = UPNG.decode(new Uint8Array(png).buffer);
  for (let colours = COLOURS; ; colours /= 2) {
    const small = Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, colours));
    if (small.length <= bytesMax || colours <= FEWER) return small;
  }
}
