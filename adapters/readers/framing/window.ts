/**
 * The bytes of a line that have come and are not yet understood, never more than one frame's. A running XOR is kept
 * beside them, so that the checksum of any stretch costs two look-ups, however many false headers are tried.
 */
export class Window {
  readonly #bytes: Buffer;
  /** #sums[i] is the XOR of all bytes before i. */
  readonly #sums: Uint8Array;
  #start = 0;
  #end = 0;

  constructor(bytesMax: number) {
    // Twice the size, so that the rest is moved to the front only once per frame's worth of bytes.
    this.#bytes = Buffer.alloc(2 * bytesMax);
    this.#sums = new Uint8Array(2 * bytesMax + 1);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  at(index: number): number {
    return this.#bytes[this.#start + index]!;
  }

  /** XOR of the bytes from `from` up to, not including, `to`. */
  xor(from: number, to: number): number {
    return this.#sums[this.#start + from]! ^ this.#sums[this.#start + to]!;
  }

  copy(from: number, to: number): Buffer {
    return Buffer.from(this.#bytes.subarray(this.#start + from, this.#start + to));
  }

  drop(count: number): void {
    this.#start += count;
  }

  /** Forgets everything, and leaves no trace of it. */
  clear(): void {
    this.#bytes.fill(0);
    this.#sums.fill(0);
    this.#start = 0;
    this.#end = 0;
  }

  /** Takes what fits of `chunk` from `offset` on; answers how many bytes it took. */
  append(chunk: Buffer, offset: number): number {
    if (this.#end === this.#bytes.length) this.#moveToFront();
    const taken = chunk.copy(this.#bytes, this.#end, offset);
    let sum = this.#sums[this.#end]!;
    for (let index = this.#end; index < this.#end + taken; index++) {
      sum ^= this.#bytes[index]!;
      this.#sums[index + 1] = sum;
    }
    this.#end += taken;
    return taken;
  }

  #moveToFront(): void {
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#sums.copyWithin(0, this.#start, this.#end + 1);
    this.#end -= this.#start;
    this.#start = 0;
  }
}
