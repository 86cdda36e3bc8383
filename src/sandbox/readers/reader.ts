import type { Duplex } from 'node:stream';
import type { VirtualCard, VirtualResidentId } from '../port.ts';
import { VirtualCcid, type VirtualCcidOptions } from './ccid-serial.ts';
import type { VirtualDevice } from './device.ts';
import { VirtualLineScanner } from './line-scanner.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import type { Pacing } from './pacing.ts';
import { VirtualSamV, type VirtualSamVOptions } from './sam-v.ts';
import { serve } from './session.ts';

/** The kind of card that a reader of each dialect takes; a scanner takes the text of a code. */
export interface CardOf {
  'sam-v': VirtualResidentId;
  'ccid-serial': VirtualCard;
  'line-scanner': string;
}
export type VirtualDialect = keyof CardOf;

export interface VirtualReaderOptions<Dialect extends VirtualDialect>
  extends VirtualSamVOptions,
    VirtualCcidOptions {
  readonly dialect: Dialect;
  /** The speed of the line it imitates; as fast as the stream where it is not given. */
  readonly pacing?: Pacing;
  /** Told of all bytes that pass, in either direction. */
  readonly onBytes?: (count: number) => void;
  /** Told of what the host sent and what the device answers to it. */
  readonly onExchange?: (received: Buffer, answers: readonly Buffer[]) => void;
}

/** A virtual reader on any number of byte streams: sockets, the master side of a pty. */
export interface VirtualReader<Card> {
  /** Lays or puts a card down, in place of one that is there. */
  insert(card: Card): void;
  remove(): void;
  /** Sends bytes that nobody asked for. */
  say(bytes: Buffer): void;
  /** Talks over the stream until it ends. */
  attach(stream: Duplex): Promise<void>;
  /** Ends all streams. */
  detach(): void;
  /** Does this to the next answer that has nothing in store for it yet. */
  misbehave(misbehaviour: Misbehaviour): void;
}

export function virtualReader<Dialect extends VirtualDialect>(
  options: VirtualReaderOptions<Dialect>,
): VirtualReader<CardOf[Dialect]> {
  const device = deviceOf(options);
  const streams = new Set<Duplex>();
  const misbehaviours: Misbehaviour[] = [];
  const onBytes = options.onBytes ?? (() => {});
  const say = (bytes: Buffer) => {
    for (const stream of streams) {
      onBytes(bytes.length);
      stream.write(bytes);
    }
  };
  return {
    insert: (card) => device.insert(card).forEach(say),
    remove: () => device.remove().forEach(say),
    say,
    async attach(stream) {
      streams.add(stream);
      stream.once('close', () => streams.delete(stream));
      await serve(stream, {
        receive(bytes, nowMs) {
          const answers = device.receive(bytes, nowMs);
          options.onExchange?.(bytes, answers);
          return answers;
        },
        nextMisbehaviour: () => misbehaviours.shift(),
        onBytes,
        pacing: options.pacing,
      });
    },
    detach() {
      for (const stream of streams) stream.destroy();
    },
    misbehave: (misbehaviour) => void misbehaviours.push(misbehaviour),
  };
}

function deviceOf<Dialect extends VirtualDialect>(
  options: VirtualReaderOptions<Dialect>,
): VirtualDevice<CardOf[Dialect]> {
  const devices: { [D in VirtualDialect]: () => VirtualDevice<CardOf[D]> } = {
    'sam-v': () => new VirtualSamV(options),
    'ccid-serial': () => new VirtualCcid(options),
    'line-scanner': () => new VirtualLineScanner(),
  };
  return devices[options.dialect]();
}
