import type { CardSlot, OpenReader, ReaderDriver, ResidentIdModule } from '../../src/card/port.ts';
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

/** A reader that a test can unplug. */
export class PluggedReader implements ReaderDriver {
  readonly description = 'a reader in a test';
  readonly slot = new CardInSlot(undefined);
  readonly module = new CardOnModule();
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
    return { slot: this.slot, residentId: this.module, lost, close };
  }
}
