const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const LOCKED = Buffer.of(0x69, 0x83);
const TRIES_MAX = 3;
/** Stands between the old and the new PIN of CHANGE PIN. */
const SEPARATOR = 0xff;

/** The PIN of a virtual card (sandbox): three tries, then it is locked; a right one gives them back. */
export class VirtualPin {
  #packed: Buffer;
  #triesLeft = TRIES_MAX;
  #verified = false;

  constructor(digits: string) {
    this.#packed = packed(digits);
  }

  get verified(): boolean {
    return this.#verified;
  }

  /** A reset takes the verification back, not the tries. */
  reset(): void {
    this.#verified = false;
  }

  /** VERIFY; without data it tells how many tries are left. */
  verify(data: Buffer): Buffer {
    if (this.#triesLeft === 0) return LOCKED;
    if (data.length === 0) return this.#tries();
    return this.#check(data);
  }

  /** CHANGE PIN: old, FF, new. */
  change(data: Buffer): Buffer {
    const end = data.indexOf(SEPARATOR);
    const next = data.subarray(end + 1);
    if (end < 1 || next.length < 2 || next.length > 6) return WRONG_LENGTH;
    if (this.#triesLeft === 0) return LOCKED;
    const checked = this.#check(data.subarray(0, end));
    if (checked === DONE) this.#packed = Buffer.from(next);
    return checked;
  }

  #check(data: Buffer): Buffer {
    this.#verified = data.equals(this.#packed);
    this.#triesLeft = this.#verified ? TRIES_MAX : this.#triesLeft - 1;
    if (this.#verified) return DONE;
    return this.#triesLeft === 0 ? LOCKED : this.#tries();
  }

  #tries(): Buffer {
    return Buffer.of(0x63, 0xc0 | this.#triesLeft);
  }
}

/** Packed BCD, an odd count padded F. */
function packed(digits: string): Buffer {
  return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}F`, 'hex');
}
