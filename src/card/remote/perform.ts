import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { CardSlot, OpenReader } from '../port.ts';
import { type Aids, kindsOf, readPresented } from '../present.ts';
import type { Timers } from '../timers.ts';
import { base64Of, bytesOf } from './base64.ts';
import { type AnswerTo, type Ask, type Offers, type Op, SAMS_MAX } from './operations.ts';
import { wireOfTold } from './told.ts';

export interface Performing {
  readonly reader: OpenReader;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signal: AbortSignal;
  /** What the desk itself has to read with. */
  readonly aids?: Aids;
}

/** What an open reader has to offer. */
export function offersOf(reader: OpenReader): Offers {
  const { residentId } = reader;
  const newAddress = residentId?.readNewAddress ? 'text-and-new-address' : 'text';
  return {
    kinds: kindsOf(reader),
    contact: reader.slot !== undefined,
    contactless: reader.contactless !== undefined,
    sams: Math.min(SAMS_MAX, reader.sams?.length ?? 0),
    residentId: residentId ? newAddress : 'none',
    codes: reader.codes !== undefined,
    pinPad: reader.pinPad !== undefined,
    library: reader.library !== undefined,
    ...(reader.deviceNumber === undefined ? {} : { deviceNumber: reader.deviceNumber.slice(0, 64) }),
  };
}

/** Does at the desk what the gateway asks. Faults: those of the reader, `reader.unsupported` for what it has not. */
export function perform(ask: Ask, at: Performing): Promise<AnswerTo<Op>> {
  const done: Promise<AnswerTo<Op>> = performances[ask.op](ask as never, at);
  return done;
}

type Performances = {
  readonly [Name in Op]: (ask: Extract<Ask, { op: Name }>, at: Performing) => Promise<AnswerTo<Name>>;
};

const performances: Performances = {
  async read({ op: _, ...request }, { reader, clock, timers, signal, aids }) {
    const waiting = { ...request, ...aids, clock, timers, signal };
    return readPresented(reader, waiting, async (told) => wireOfTold(told));
  },
  async 'power-on'({ slot, timeoutMs }, { reader }) {
    return maybe(await slotOf(reader, slot).powerOn(timeoutMs));
  },
  async transmit({ slot, command, timeoutMs }, { reader }) {
    return { bytes: base64Of(await slotOf(reader, slot).transmit(bytesOf(command), timeoutMs)) };
  },
  async 'power-off'({ slot, timeoutMs }, { reader }) {
    await slotOf(reader, slot).powerOff(timeoutMs);
    return {};
  },
  async 'find-id'({ timeoutMs }, { reader }) {
    return { found: await has(reader.residentId).find(timeoutMs) };
  },
  async 'read-id'({ timeoutMs }, { reader }) {
    const { text, photo } = await has(reader.residentId).read(timeoutMs);
    return { text: base64Of(text), photo: base64Of(photo) };
  },
  async 'read-new-address'({ timeoutMs }, { reader }) {
    return maybe(await has(reader.residentId).readNewAddress?.(timeoutMs));
  },
  async 'next-code'({ timeoutMs }, { reader, signal }) {
    const code = await has(reader.codes).next(timeoutMs, signal);
    return code === undefined ? {} : { code };
  },
  async 'type-pin'({ slot, kind, header, digitsMin, digitsMax, timeoutMs }, { reader, signal }) {
    const command = { kind, header: bytesOf(header), digitsMin, digitsMax };
    const pad = has(reader.pinPad);
    return { bytes: base64Of(await pad.transmit(slotOf(reader, slot), command, timeoutMs, signal)) };
  },
  async library({ name, args, timeoutMs }, { reader }) {
    return has(reader.library).call(name, args, timeoutMs);
  },
};

function slotOf(reader: OpenReader, name: string): CardSlot {
  if (name === 'contact') return has(reader.slot);
  if (name === 'contactless') return has(reader.contactless);
  return has(reader.sams?.[Number(name.slice('sam-'.length)) - 1]);
}

function has<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Fault('reader.unsupported');
  return part;
}

function maybe(bytes: Buffer | undefined): { bytes?: string } {
  return bytes === undefined ? {} : { bytes: base64Of(bytes) };
}
