import { Chance } from '../../end-to-end/random.ts';
import { collectGarbage, type Torture } from '../report.ts';
import { markOf, type Subject, subjects, type Tortured } from './subjects.ts';

/** Random, truncated and bit-flipped bytes that each framer gets. */
const BYTES_PER_FRAMER = 10_000_000;
const BYTES_BETWEEN_GOOD_FRAMES_MAX = 20_000;
const PIECE_BYTES_MAX = 2_000;
/** Room for what the runtime itself keeps between two collections. */
const GROWTH_BYTES_MAX = 2_000_000;

/**
 * Feeds each framer ten million bytes of rubbish: random ones, good frames cut short and good frames with bits
 * flipped. It must not throw, hold no more than its limit, not grow, and after every pause find the next good frame.
 */
export const frames: Torture = async (seed) => {
  const rows: Awaited<ReturnType<typeof torment>>[] = [];
  for (const [index, subject] of subjects.entries())
    rows.push(await torment(subject, new Chance(seed + index)));
  const failures = rows.flatMap(({ name, thrown, missed, overHeld, grewBytes }) => [
    ...(thrown > 0 ? [`${name} threw ${thrown} times`] : []),
    ...(missed > 0 ? [`${name} missed ${missed} good frames`] : []),
    ...(overHeld > 0 ? [`${name} held too much ${overHeld} times`] : []),
    ...(grewBytes > GROWTH_BYTES_MAX ? [`${name} grew by ${grewBytes} bytes`] : []),
  ]);
  return { results: Object.fromEntries(rows.map(({ name, ...row }) => [name, row])), failures };
};

async function torment(subject: Subject, chance: Chance) {
  const framer = subject.make();
  const counts = {
    bytes: 0,
    goodFrames: 0,
    found: 0,
    missed: 0,
    thrown: 0,
    overHeld: 0,
    heldBytesMax: 0,
    ended: 0,
  };
  let heapBefore = 0;
  const feed = (bytes: Buffer) => {
    counts.bytes += bytes.length;
    try {
      framer.feed(bytes);
    } catch {
      counts.thrown += 1;
    }
    counts.heldBytesMax = Math.max(counts.heldBytesMax, framer.heldBytes());
    if (framer.heldBytes() > subject.heldBytesMax) counts.overHeld += 1;
  };
  while (counts.bytes < BYTES_PER_FRAMER) {
    rubbish(subject, chance, feed);
    goodFrame(subject, framer, chance, counts);
    if (heapBefore === 0 && counts.bytes > BYTES_PER_FRAMER / 4) heapBefore = await collectGarbage();
  }
  const grewBytes = Math.max(0, (await collectGarbage()) - heapBefore);
  framer.close();
  return { name: subject.name, ...counts, grewBytes };
}

function rubbish(subject: Subject, chance: Chance, feed: (bytes: Buffer) => void): void {
  const { packetBytes } = subject;
  const total = chance.between(0, BYTES_BETWEEN_GOOD_FRAMES_MAX);
  for (let bytes = 0; bytes < total; ) {
    const piece = pieceOf(subject, chance);
    bytes += piece.length;
    if (packetBytes === undefined) {
      const cut = chance.between(0, piece.length);
      feed(piece.subarray(0, cut));
      feed(piece.subarray(cut));
    } else {
      for (let at = 0; at < piece.length; at += packetBytes) feed(piece.subarray(at, at + packetBytes));
    }
  }
}

function pieceOf(subject: Subject, chance: Chance): Buffer {
  const kind = chance.oneOf(['random', 'cut-short', 'flipped'] as const);
  if (kind === 'random') {
    const bytes = Buffer.alloc(chance.between(1, PIECE_BYTES_MAX));
    for (let at = 0; at < bytes.length; at++) bytes[at] = chance.between(0, 255);
    return bytes;
  }
  const { bytes } = subject.frame(markOf(chance));
  if (kind === 'cut-short') return bytes.subarray(0, chance.between(0, bytes.length - 1));
  const flipped = Buffer.from(bytes);
  const at = chance.between(0, flipped.length - 1);
  flipped[at] = flipped[at]! ^ (1 << chance.between(0, 7));
  return flipped;
}

/** As each request begins: what was there before is over. Then a good frame and nothing behind it: found at once, or when the line pauses again. */
function goodFrame(
  subject: Subject,
  framer: Tortured,
  chance: Chance,
  counts: { bytes: number; goodFrames: number; found: number; missed: number; thrown: number; ended: number },
): void {
  const { bytes, found } = subject.frame(markOf(chance));
  counts.bytes += bytes.length;
  counts.goodFrames += 1;
  try {
    framer.pause();
    framer.renew();
    if (framer.ended()) counts.ended += 1;
    framer.found();
    framer.feed(bytes);
    framer.pause();
    if (framer.found().includes(found)) counts.found += 1;
    else counts.missed += 1;
  } catch {
    counts.thrown += 1;
  }
}
