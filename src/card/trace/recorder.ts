import { TRACE_EXCHANGES_MAX, type Trace, type TraceExchange } from '../../../schemas/trace.ts';
import { type Clock, timestampOf } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { CardSlot, OpenReader, ResidentIdModule } from '../port.ts';
import { maskAddress, maskPhoto, maskText, SlotMask } from './masking.ts';

type Content = Partial<Pick<TraceExchange, 'command' | 'answer' | 'photo' | 'found'>>;

/**
 * Writes down what passes between the card side and a reader, masked before it is kept: APDUs and the blocks of a
 * resident-ID module, so that the same trace replays through any dialect. Scanned codes, a vendor's library and looks
 * at whether a card is there are not recorded.
 */
export class TraceRecorder {
  readonly #clock: Clock;
  readonly #exchanges: TraceExchange[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same reader, recorded. */
  around(reader: OpenReader): OpenReader {
    const { slot, contactless, sams, residentId } = reader;
    return {
      ...reader,
      ...(slot ? { slot: this.#slot(slot, 'contact') } : {}),
      ...(contactless ? { contactless: this.#slot(contactless, 'contactless') } : {}),
      ...(sams ? { sams: sams.map((sam, index) => this.#slot(sam, `sam-${index + 1}`)) } : {}),
      ...(residentId ? { residentId: this.#module(residentId) } : {}),
    };
  }

  trace(driver: string): Trace {
    return {
      format: 'yikatong-trace-1',
      recordedAt: timestampOf(this.#clock.now()),
      driver,
      exchanges: this.#exchanges,
    };
  }

  #slot(slot: CardSlot, place: string): CardSlot {
    const mask = new SlotMask();
    const present = slot.present?.bind(slot);
    return {
      ...(present ? { present } : {}),
      powerOn: (timeoutMs) =>
        this.#keep(
          place,
          'power-on',
          () => slot.powerOn(timeoutMs),
          (atr) => (atr ? { answer: hex(mask.atr(atr)) } : {}),
        ),
      transmit: (command, timeoutMs) => {
        const kept = { command: hex(mask.command(command)) };
        return this.#keep(
          place,
          'transmit',
          () => slot.transmit(command, timeoutMs),
          (answer) => ({ ...kept, answer: hex(mask.answer(answer)) }),
          kept,
        );
      },
      powerOff: (timeoutMs) => this.#keep(place, 'power-off', () => slot.powerOff(timeoutMs)),
    };
  }

  #module(module: ResidentIdModule): ResidentIdModule {
    const place = 'resident-id';
    const readNewAddress = module.readNewAddress?.bind(module);
    return {
      find: (timeoutMs) =>
        this.#keep(
          place,
          'find',
          () => module.find(timeoutMs),
          (found) => ({ found }),
        ),
      read: (timeoutMs) =>
        this.#keep(
          place,
          'read',
          () => module.read(timeoutMs),
          ({ text, photo }) => ({ answer: hex(maskText(text)), photo: hex(maskPhoto(photo)) }),
        ),
      ...(readNewAddress
        ? {
            readNewAddress: (timeoutMs) =>
              this.#keep(
                place,
                'read-new-address',
                () => readNewAddress(timeoutMs),
                (block) => (block ? { answer: hex(maskAddress(block)) } : {}),
              ),
          }
        : {}),
    };
  }

  async #keep<T>(
    place: string,
    act: TraceExchange['act'],
    work: () => Promise<T>,
    contentOf: (value: T) => Content = () => ({}),
    asked: Content = {},
  ): Promise<T> {
    const startedAt = this.#clock.now();
    const note = (content: Content & { fault?: string }) => {
      if (this.#exchanges.length >= TRACE_EXCHANGES_MAX) return;
      this.#exchanges.push({ place, act, ...content, tookMs: Math.max(0, this.#clock.now() - startedAt) });
    };
    try {
      const value = await work();
      note(contentOf(value));
      return value;
    } catch (error) {
      note({ ...asked, fault: error instanceof Fault ? error.code : 'gateway.fault' });
      throw error;
    }
  }
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}
