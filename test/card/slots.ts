import type {
  CardSlot,
  OpenReader,
  PinCommand,
  PinPad,
  ReaderDriver,
  ResidentIdModule,
} from '../../src/card/port.ts';
import { Fault } from '../../src/errors.ts';
import type { VirtualCard, VirtualResidentId } from '../../src/sandbox/port.ts';

/** A slot with a virtual card in it, that counts the commands it gets. */
export class CardInSlot implements CardSlot {
  readonly commands: string[] = [];
  #card: VirtualCard | undefined;

  constructor(card: VirtualCard | undefined) {
    this.#card = card;
  }
  insert(card: VirtualCard | undefined): void {
    this.#card = card;
  }
  async powerOn(): Promise<Buffer | undefined> {
    return this.#card?.reset();
  }
  async transmit(command: Buffer): Promise<Buffer> {
    this.commands.push(command.toString('hex').toUpperCase());
    if (!this.#card) throw new Fault('card.removed');
    return this.#card.command(command);
  }
  async powerOff(): Promise<void> {}
  present?: () => Promise<boolean>;
}

/** A slot that answers exactly the commands of a script, in hex; it has no other records, and knows nothing else. */
export function scriptedSlot(atr: string, script: Readonly<Record<string, string>>): CardInSlot {
  return new CardInSlot({
    reset: () => Buffer.from(atr, 'hex'),
    command: (apdu) => {
      const otherwise = apdu[1] === 0xb2 ? '6A83' : '6D00';
      return Buffer.from(script[apdu.toString('hex').toUpperCase()] ?? otherwise, 'hex');
    },
  });
}

/** A module with a resident ID card on it, which must be lifted before it is found again. */
export class CardOnModule implements ResidentIdModule {
  #card: VirtualResidentId | undefined;

  lay(card: VirtualResidentId | undefined): void {
    this.#card = card;
  }
  async find(): Promise<boolean> {
    return this.#card !== undefined;
  }
  async read(): Promise<VirtualResidentId> {
    if (!this.#card) throw new Fault('card.refused');
    const card = this.#card;
    this.#card = undefined;
    return card;
  }
}

/** Keys on which a test's holder types: what was typed goes to the card as the port says, and is not kept. */
export class TestPinPad implements PinPad {
  /** What is typed next: the PIN, or the old and the new one. A Fault is thrown in its stead. */
  readonly typed: (readonly string[] | Fault)[] = [];

  async transmit(slot: CardSlot, { kind, header }: PinCommand): Promise<Buffer> {
    const next = this.typed.shift();
    if (next instanceof Fault) throw next;
    const [first = '', second = ''] = next ?? [];
    const data =
      kind === 'verify' ? packed(first) : Buffer.concat([packed(first), Buffer.of(0xff), packed(second)]);
    return slot.transmit(Buffer.concat([header, Buffer.of(data.length), data]), 1_000);
  }
}

function packed(digits: string): Buffer {
  return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}F`, 'hex');
}

/** A reader that a test can unplug. */
export class PluggedReader implements ReaderDriver {
  readonly description = 'a reader in a test';
  readonly slot = new CardInSlot(undefined);
  readonly module = new CardOnModule();
  /** What else it has: keys, an antenna, security modules. */
  more: Partial<OpenReader> = {};
  present = true;
  opened = 0;
  closed = 0;
  unplug: () => void = () => {};

  async open(): Promise<OpenReader> {
    if (!this.present) throw new Fault('reader.absent');
    this.opened += 1;
    const lost = new Promise<void>((resolve) => {
      this.unplug = () => {
        this.present = false;
        resolve();
      };
    });
    const close = async () => {
      this.closed += 1;
    };
    return { slot: this.slot, residentId: this.module, ...this.more, lost, close };
  }
}
