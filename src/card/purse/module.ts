import type { PurseConfiguration } from '../../../schemas/reader-configuration.ts';
import { Fault } from '../../errors.ts';
import { type CardAnswer, exchange, SW, selectApplication, selectFile } from '../apdu.ts';
import type { CardSlot, OpenReader } from '../port.ts';
import {
  creditSam,
  initSam,
  MAC_WRONG,
  READ_TERMINAL,
  refusal,
  type SamBeginning,
  samBegun,
  TERMINAL_BYTES,
} from './commands.ts';

const POWER_ON_TIMEOUT_MS = 2_000;
const FILE_BYTES = 2;

/** The PSAM that speaks for the terminal in a purchase. Faults: `reader.*` where it is missing or does not answer. */
export class PurseModule {
  readonly #slot: CardSlot;
  /** 终端机编号. */
  readonly terminal: Buffer;

  private constructor(slot: CardSlot, terminal: Buffer) {
    this.#slot = slot;
    this.terminal = terminal;
  }

  /** Resets the module, asks it for its terminal number, and selects its application. Fault `reader.unsupported`. */
  static async start({ sams }: OpenReader, settings: PurseConfiguration): Promise<PurseModule> {
    const slot = sams?.[settings.psamSlot - 1];
    if (!slot || !(await ofModule(slot.powerOn(POWER_ON_TIMEOUT_MS)))) {
      throw new Fault('reader.unsupported', { detail: `no PSAM in slot ${settings.psamSlot}` });
    }
    const told = await ofModule(exchange(slot, READ_TERMINAL));
    const terminal =
      told.sw === SW.done && told.data.length === TERMINAL_BYTES ? told.data : configured(settings);
    await selected(slot, settings);
    return new PurseModule(slot, Buffer.from(terminal));
  }

  /** Computes MAC1 and takes a number for the transaction. Fault `purse.refused`. */
  async begin(beginning: SamBeginning): Promise<ReturnType<typeof samBegun>> {
    const { sw, data } = await ofModule(exchange(this.#slot, initSam(beginning)));
    if (sw !== SW.done) throw refusal(sw, 'INIT_SAM_FOR_PURCHASE');
    return samBegun(data);
  }

  /** Whether the card's MAC2 is right, by which the module knows that the card has debited. */
  async check(mac2: Buffer): Promise<'right' | 'wrong' | { readonly unsure: Fault }> {
    try {
      const { sw } = await ofModule(exchange(this.#slot, creditSam(mac2)));
      if (sw === SW.done) return 'right';
      if (MAC_WRONG.has(sw) || sw >> 8 === 0x63) return 'wrong';
      return { unsure: refusal(sw, 'CREDIT_SAM_FOR_PURCHASE') };
    } catch (error) {
      if (error instanceof Fault) return { unsure: error };
      throw error;
    }
  }
}

/** The terminal number where no module takes part. Fault `reader.unsupported`. */
export function configured({ terminal }: PurseConfiguration): Buffer {
  if (terminal === undefined) throw new Fault('reader.unsupported', { detail: 'no terminal number' });
  return Buffer.from(terminal, 'hex');
}

async function selected(slot: CardSlot, { psamApplication }: PurseConfiguration): Promise<void> {
  if (psamApplication === undefined) return;
  const name = Buffer.from(psamApplication, 'hex');
  const command =
    name.length === FILE_BYTES ? selectFile(name.readUInt16BE(0), 0x00) : selectApplication(name);
  const { sw } = await ofModule<CardAnswer>(exchange(slot, command, { fetch: false }));
  if (sw === SW.done || sw >> 8 === 0x61) return;
  throw new Fault('reader.unsupported', { detail: 'the PSAM has no such application' });
}

/** That the module is missing or broken must not look as if the patient's card had been taken out. */
async function ofModule<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Fault) || !error.code.startsWith('card.')) throw error;
    throw new Fault('reader.unsupported', { detail: `the PSAM: ${error.message}` }, error);
  }
}
