/** What we use of node-hid; tests bring their own. */
export interface HidModule {
  /** Linux only, before anything else is called. */
  setDriverType(type: 'hidraw'): void;
  devicesAsync(): Promise<HidListing[]>;
  readonly HIDAsync: { open(path: string): Promise<HidHandle> };
}

/** A device as the system lists it; one with several collections stands there several times, under one path. */
export interface HidListing {
  readonly vendorId: number;
  readonly productId: number;
  readonly path?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly usagePage?: number | undefined;
}

/**
 * An open device. Reading begins a tick after 'data' gets its first listener, and throws out of nowhere when the
 * device was closed before that tick: whoever listens must let it pass.
 */
export interface HidHandle {
  on(event: 'data', listener: (report: Buffer) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  write(report: Buffer): Promise<number>;
  sendFeatureReport(report: Buffer): Promise<number>;
  getFeatureReport(reportId: number, bytesMax: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** A device as the configuration names it: its path changes with the socket it is plugged into, its numbers don't. */
export interface HidMatch {
  readonly vendorId: number;
  readonly productId: number;
  readonly serialNumber?: string;
  readonly usagePage?: number;
}

/** A device that nobody else of this process has. */
export interface HidClaim {
  open(): Promise<HidHandle>;
  /** Lets others have it. */
  release(): void;
}

/**
 * The HID devices of this machine. The native part is loaded with the first look, so that it may be missing where no
 * HID reader is configured. Looking is dear and may hang in a device with bad firmware, so at most one look is on its
 * way, for all readers; and a device is given to one reader only, though Linux would open it twice.
 */
export class HidBus {
  readonly #load: () => Promise<HidModule>;
  readonly #claimed = new Set<string>();
  #looking: Promise<HidListing[]> | undefined;

  constructor(load: () => Promise<HidModule>) {
    this.#load = load;
  }

  /** What is plugged in. Rejects with what the system or the native part says. */
  list(): Promise<HidListing[]> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** The first of the devices that matches and is free: 'none' where none matches, 'taken' where all have a reader. */
  claim(devices: readonly HidListing[], match: HidMatch): HidClaim | 'none' | 'taken' {
    const paths = devices.filter((device) => matches(device, match)).map(({ path }) => path!);
    const path = paths.find((each) => !this.#claimed.has(each));
    if (path === undefined) return paths.length === 0 ? 'none' : 'taken';
    this.#claimed.add(path);
    return {
      open: async () => (await this.#load()).HIDAsync.open(path),
      release: () => void this.#claimed.delete(path),
    };
  }

  async #look(): Promise<HidListing[]> {
    const hid = await this.#load();
    // Of the two drivers for Linux it is the one that leaves the device to the kernel and knows usage pages.
    hid.setDriverType('hidraw');
    return hid.devicesAsync();
  }
}

function matches(device: HidListing, match: HidMatch): boolean {
  return (
    device.path !== undefined &&
    device.vendorId === match.vendorId &&
    device.productId === match.productId &&
    (match.serialNumber === undefined || device.serialNumber === match.serialNumber) &&
    (match.usagePage === undefined || device.usagePage === match.usagePage)
  );
}
