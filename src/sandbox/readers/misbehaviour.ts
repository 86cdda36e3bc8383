import { setTimeout as delay } from 'node:timers/promises';

/** What is done to one answer before it goes out. An empty buffer is silence. */
export type Misbehaviour = (answer: Buffer) => Buffer | Promise<Buffer>;

export const silence: Misbehaviour = () => Buffer.alloc(0);

export const wrongChecksum: Misbehaviour = (answer) => {
  const damaged = Buffer.from(answer);
  damaged[damaged.length - 1] = damaged.at(-1)! ^ 0xff;
  return damaged;
};

export const truncated: Misbehaviour = (answer) => answer.subarray(0, Math.floor(answer.length / 2));

export function garbageBefore(garbage: Buffer): Misbehaviour {
  return (answer) => Buffer.concat([garbage, answer]);
}

export function instead(bytes: Buffer): Misbehaviour {
  return () => bytes;
}

export function late(delayMs: number): Misbehaviour {
  return (answer) => delay(delayMs, answer);
}
