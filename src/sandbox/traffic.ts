/** Frames kept for show; the rest is only counted. */
const FRAMES_KEPT_MAX = 24;

/** What of a frame is shown: its header, which names nobody. */
const HEADER_BYTES = { 'ccid-serial': 12, 'sam-v': 10, 'line-scanner': 4 } as const;

/** What passed between the gateway and a virtual reader since a card was laid down. */
export class Traffic {
  readonly #headerBytes: number;
  #frames: string[] = [];
  #exchanges = 0;
  #bytes = 0;

  constructor(dialect: keyof typeof HEADER_BYTES) {
    this.#headerBytes = HEADER_BYTES[dialect];
  }

  clear(): void {
    this.#frames = [];
    this.#exchanges = 0;
    this.#bytes = 0;
  }

  add(received: Buffer, answers: readonly Buffer[]): void {
    if (answers.length > 0) this.#exchanges += 1;
    this.#note('→', received);
    for (const answer of answers) this.#note('←', answer);
  }

  /** What a reader says by itself. */
  hear(said: Buffer): void {
    this.#note('←', said);
  }

  summary(): { exchanges: number; bytes: number; frames: string[] } {
    return { exchanges: this.#exchanges, bytes: this.#bytes, frames: [...this.#frames] };
  }

  #note(direction: string, frame: Buffer): void {
    this.#bytes += frame.length;
    if (this.#frames.length >= FRAMES_KEPT_MAX) return;
    const header = frame.subarray(0, this.#headerBytes).toString('hex').toUpperCase();
    const rest = frame.length - this.#headerBytes;
    this.#frames.push(`${direction} ${header}${rest > 0 ? ` … +${rest}` : ''}`);
  }
}
