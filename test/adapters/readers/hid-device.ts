import { EventEmitter } from 'node:events';
import { hidTransport } from '../../../adapters/readers/transports/hid.ts';
import {
  HidBus,
  type HidHandle,
  type HidListing,
  type HidModule,
} from '../../../adapters/readers/transports/hid-bus.ts';
import type { ReportTransport } from '../../../adapters/readers/transports/reports.ts';
import type { VirtualGwi } from '../../../src/sandbox/readers/gwi.ts';
import type { VirtualHd } from '../../../src/sandbox/readers/hd.ts';

/** What a device does with reports of the host, whose first byte is the report id. */
export interface Device {
  /** An output report; answers the input reports it brings about. */
  output?(report: Buffer): readonly Buffer[] | Promise<readonly Buffer[]>;
  setFeature?(report: Buffer): void | Promise<void>;
  getFeature?(): Buffer | Promise<Buffer>;
}

/** Made up: which numbers these readers have was never published. */
export const GWI_IDS = { vendorId: 0x1234, productId: 0x5678 };
/** As in the vendor's sample code. */
export const HD_IDS = { vendorId: 0x072f, productId: 0x90d5 };

/** A device that is plugged in. */
export interface Plugged {
  /** Sends an input report that nobody asked for. */
  say(report: Buffer): void;
  unplug(): void;
}

/** Stands for node-hid, with its traps: see `FakeHandle`. */
export class FakeHid implements HidModule {
  driverType: string | undefined;
  looks = 0;
  readonly opened: string[] = [];
  readonly handles: FakeHandle[] = [];
  /** Thrown by the next opening. */
  refuses: unknown;
  readonly #devices = new Map<string, { readonly listings: HidListing[]; readonly device: Device }>();

  get openHandles(): number {
    return this.handles.filter((handle) => !handle.closed).length;
  }

  setDriverType(type: 'hidraw'): void {
    this.driverType = type;
  }

  async devicesAsync(): Promise<HidListing[]> {
    this.looks += 1;
    return [...this.#devices.values()].flatMap(({ listings }) => listings);
  }

  readonly HIDAsync = {
    open: async (path: string): Promise<HidHandle> => {
      if (this.refuses !== undefined) throw this.refuses;
      const plugged = this.#devices.get(path);
      if (!plugged) throw new Error(`cannot open device with path ${path}`);
      this.opened.push(path);
      const handle = new FakeHandle(plugged.device);
      this.handles.push(handle);
      return handle;
    },
  };

  /** Plugs a device in, listed once for each of its usage pages. */
  plug(path: string, device: Device, listing: HidListing, usagePages: readonly number[] = [0xff00]): Plugged {
    const listings = usagePages.map((usagePage) => ({ usagePage, ...listing, path }));
    this.#devices.set(path, { listings, device });
    const here = () => this.handles.filter((handle) => handle.device === device);
    return {
      say: (report) => here().forEach((handle) => void handle.emit('data', report)),
      unplug: () => {
        this.#devices.delete(path);
        for (const handle of here()) handle.unplug();
      },
    };
  }
}

/**
 * A handle as node-hid's: it begins to read a tick after 'data' has its first listener, and what goes wrong there is
 * thrown where nobody catches it; requests are answered in order, and closing waits for them.
 */
class FakeHandle extends EventEmitter implements HidHandle {
  readonly device: Device;
  closed = false;
  #reading = false;
  #gone = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(device: Device) {
    super();
    this.device = device;
    this.on('newListener', (event: string) => {
      if (event === 'data') process.nextTick(() => this.#startReading());
    });
  }

  #startReading(): void {
    if (this.closed) throw new TypeError('device has been closed');
    if (this.#reading) throw new TypeError('read is already running');
    this.#reading = true;
  }

  unplug(): void {
    this.#gone = true;
    // node-hid says it with a text, not with an Error; with no listener it would end the process.
    if (!this.closed && this.#reading) this.emit('error', 'could not read from HID device');
  }

  async write(report: Buffer): Promise<number> {
    const copy = Buffer.from(report);
    return this.#inTurn(async () => {
      const answers = (await this.device.output?.(copy)) ?? [];
      for (const answer of answers) {
        if (this.#reading && !this.#gone && !this.closed) this.emit('data', Buffer.from(answer));
      }
      return copy.length;
    });
  }

  async sendFeatureReport(report: Buffer): Promise<number> {
    const copy = Buffer.from(report);
    return this.#inTurn(async () => {
      await this.device.setFeature?.(copy);
      return copy.length;
    });
  }

  async getFeatureReport(reportId: number, bytesMax: number): Promise<Buffer> {
    return this.#inTurn(async () => {
      const report = (await this.device.getFeature?.()) ?? Buffer.of(reportId);
      return Buffer.from(report.subarray(0, bytesMax));
    });
  }

  async close(): Promise<void> {
    if (this.closed) throw new TypeError('device has been closed');
    this.closed = true;
    await this.#queue.catch(() => {});
    this.removeAllListeners();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(async () => {
      if (this.#gone || this.closed) throw new Error('Cannot write to hid device');
      return work();
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }
}

/** A transport to a device that is the only one plugged in. */
export function transportTo(device: Device, ids: { vendorId: number; productId: number }) {
  const hid = new FakeHid();
  const plugged = hid.plug('/dev/hidraw0', device, ids);
  const transport: ReportTransport = hidTransport(ids, new HidBus(async () => hid));
  return { hid, plugged, transport };
}

/** What is done to the reports that answer one report of the host. */
export type Change = (answers: readonly Buffer[]) => readonly Buffer[] | Promise<readonly Buffer[]>;

/** A virtual GWI reader behind a HID device; `change` gets its next answers first, once. */
export function gwiDevice(virtual: VirtualGwi): Device & { change?: Change | undefined } {
  return {
    output(report) {
      const answers = virtual.receive(report.subarray(1), 0);
      const { change } = this;
      if (!change || answers.length === 0) return answers;
      this.change = undefined;
      return change(answers);
    },
  };
}

/** A virtual HD reader behind a HID device; `change` gets what it would give next, once. */
export function hdDevice(
  virtual: VirtualHd,
): Device & { change?: ((report: Buffer) => Buffer | Promise<Buffer>) | undefined } {
  return {
    setFeature: (report) => virtual.setFeature(report),
    getFeature() {
      const report = virtual.getFeature();
      const { change } = this;
      if (!change) return report;
      this.change = undefined;
      return change(report);
    },
  };
}

/** One exchange of a recording: reports out, with their id, and reports in. */
export interface RecordedExchange {
  readonly out: readonly Buffer[];
  readonly in: readonly Buffer[];
}

/** A device that answers as it did when it was recorded, and tells on a host that asks anything else. */
export function recordedDevice(exchanges: readonly RecordedExchange[]) {
  const expected = exchanges.flatMap((exchange) =>
    exchange.out.map((report, at) => ({
      report,
      answers: at === exchange.out.length - 1 ? exchange.in : [],
    })),
  );
  const mistakes: string[] = [];
  const device: Device = {
    output(report) {
      const next = expected.shift();
      if (next?.report.equals(report)) return next.answers;
      mistakes.push(report.toString('hex'));
      return [];
    },
  };
  return { device, mistakes, left: () => expected.length };
}
