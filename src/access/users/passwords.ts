import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Fault } from '../../errors.ts';

/** What a look at a password costs in scrypt's terms. */
export interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** One of OWASP's choices for scrypt: 32 MB and under half a second on an old PC. */
export const COST: Cost = { N: 2 ** 15, r: 8, p: 3 };
/** What scrypt may use: 128 · N · r and a little. */
const MEMORY_MAX = 64 * 1024 * 1024;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Passwords looked at together: 32 MB each. */
const AT_ONCE_MAX = 4;
/** Those that wait for their turn; more are told to come back. */
const WAITING_MAX = 60;

export const PASSWORD_LENGTH_MIN = 10;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Hashes passwords, and checks them. */
export class Passwords {
  readonly #cost: Cost;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(cost: Cost = COST) {
    this.#cost = cost;
  }

  /** `scrypt$N$r$p$salt$hash`, base64url: what is needed to check a password, and nothing to get it back. */
  async hashOf(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#derived(password, salt, this.#cost);
    const { N, r, p } = this.#cost;
    return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
  }

  /** Whether this is the password. Takes as long when there is no such user, so that names can't be guessed. */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    if (stored === undefined) {
      await this.#derived(password, Buffer.alloc(SALT_BYTES), this.#cost);
      return false;
    }
    const [, N, r, p, salt = '', hash = ''] = stored.split('$');
    const cost = { N: Number(N), r: Number(r), p: Number(p) };
    const actual = await this.#derived(password, Buffer.from(salt, 'base64url'), cost);
    return timingSafeEqual(actual, Buffer.from(hash, 'base64url'));
  }

  async #derived(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
    if (this.#waiting.length >= WAITING_MAX) throw new Fault('gateway.busy', { retryAfterS: 1 });
    if (this.#underWay >= AT_ONCE_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay += 1;
    try {
      return await derive(password.normalize('NFC'), salt, HASH_BYTES, { ...cost, maxmem: MEMORY_MAX });
    } finally {
      // Whoever waits takes the place that is given up.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#underWay -= 1;
    }
  }
}

/** What is wrong with a new password, or nothing. */
export function flawOf(password: string, name: string): string | undefined {
  const characters = new Set(password.normalize('NFC').toLowerCase());
  if (password.length < PASSWORD_LENGTH_MIN) return `at least ${PASSWORD_LENGTH_MIN} characters`;
  if (password.toLowerCase().includes(name.toLowerCase())) return 'without the name of the user';
  if (characters.size < PASSWORD_LENGTH_MIN / 2) return 'of more different characters';
  return undefined;
}
