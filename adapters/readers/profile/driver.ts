import type { CardSlot, OpenReader, ReaderDriver } from '../../../src/card/port.ts';
import { openReader } from '../opening.ts';
import { Requester } from '../requester.ts';
import type { Line, Transport } from '../transports/line.ts';
import { type Asker, askerOf, requestOf } from './ask.ts';
import type { ProfileReply } from './frame.ts';
import { profileFramer } from './framer.ts';
import type { CommandName, CompiledProfile } from './profile.ts';
import { profileResidentId, samIdText } from './resident-id.ts';
import { profileSlot } from './slot.ts';

const GREETING_TIMEOUT_MS = 1_000;

/** A reader whose dialect a profile describes. */
export function profileDriver(compiled: CompiledProfile, transport: Transport): ReaderDriver {
  return {
    description: `${compiled.profile.name}, ${transport.description}`,
    open: (signal) => open(compiled, transport, signal),
  };
}

interface Started {
  readonly requester: Requester<ProfileReply>;
  readonly ask: Asker;
  /** What clears a suspect line: its answer can't be confused with another's. */
  probe: CommandName;
  deviceNumber?: string;
}

async function open(
  compiled: CompiledProfile,
  transport: Transport,
  signal: AbortSignal,
): Promise<OpenReader> {
  const { profile, commands } = compiled;
  const { requester, ask, deviceNumber } = await openReader(
    transport,
    signal,
    (line: Line) => start(compiled, line),
    (started, timeoutMsMax) => greet(compiled, started, timeoutMsMax),
  );
  const { line } = requester;
  return {
    ...(profile.residentId && { residentId: profileResidentId(ask, (name) => commands.has(name)) }),
    ...(profile.chip && slotsOf(profile.chip.slots, ask)),
    ...(deviceNumber === undefined ? {} : { deviceNumber }),
    lost: line.lost,
    close: () => line.close(),
  };
}

function start(compiled: CompiledProfile, line: Line): Started {
  const requester = new Requester(line, profileFramer(compiled.form), (timeoutMs) =>
    requestOf(compiled, started.probe, timeoutMs),
  );
  const started: Started = { requester, ask: askerOf(compiled, requester), probe: 'status' };
  return started;
}

async function greet(
  { profile, commands }: CompiledProfile,
  started: Started,
  timeoutMsMax: number,
): Promise<void> {
  const timeoutMs = Math.min(profile.line.greetingTimeoutMs ?? GREETING_TIMEOUT_MS, timeoutMsMax);
  await started.ask('status', timeoutMs);
  if (!commands.has('samId')) return;
  // A module that keeps its number to itself reads cards none the worse; it is only not asked for it again.
  const id = await started.ask('samId', timeoutMs).catch(() => undefined);
  if (id?.outcome !== 'ok') return;
  started.deviceNumber = samIdText(id.data);
  started.probe = 'samId';
}

type Slots = NonNullable<CompiledProfile['profile']['chip']>['slots'];

function slotsOf(
  { contact, contactless, sams }: Slots,
  ask: Asker,
): Pick<OpenReader, 'slot' | 'contactless' | 'sams'> {
  const slotAt = (hex: string): CardSlot => profileSlot(ask, Buffer.from(hex, 'hex'));
  return {
    ...(contact === undefined ? {} : { slot: slotAt(contact) }),
    ...(contactless === undefined ? {} : { contactless: slotAt(contactless) }),
    ...(sams && { sams: sams.map(slotAt) }),
  };
}
