import { type Release, unclaimed } from './claim.ts';

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
  /** What it calls itself. */
  readonly product?: string | undefined;
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

/** A device that nobody else has. */
export interface HidClaim {
  open(): Promise<HidHandle>;
  /** Lets others have it. */
  release(): void;
}

/** Claims a device, by its path, among the programs of this machine. */
export type MachineClaim = (path: string) => Promise<Release | 'taken'>;

/**
 * The HID devices of this machine. The native part is loaded with the first look, so that it may be missing where no
 * HID reader is configured. Looking is dear and may hang in a device with bad firmware, so at most one look is on its
 * way, for all readers; and a device is given to one reader only, of this process and of all, though Linux would open it twice.
 */
export class HidBus {
  readonly #load: () => Promise<HidModule>;
  readonly #claimOnMachine: MachineClaim;
  readonly #claimed = new Set<string>();
  #looking: Promise<HidListing[]> | undefined;

  constructor(load: () => Promise<HidModule>, claimOnMachine: MachineClaim = async () => unclaimed) {
    this.#load = load;
    this.#claimOnMachine = claimOnMachine;
  }

  /** What is plugged in. Rejects with what the system or the native part says. */
  list(): Promise<HidListing[]> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /**
   * The first of the devices that matches and is free: 'none' where none matches, 'taken' where all have a reader,
   * 'taken-elsewhere' where another program has one that would do.
   */
  async claim(
    devices: readonly HidListing[],
    match: HidMatch,
  ): Promise<HidClaim | 'none' | 'taken' | 'taken-elsewhere'> {
    const paths = new Set(devices.filter((device) => matches(device, match)).map(({ path }) => path!));
    let without: 'none' | 'taken' | 'taken-elsewhere' = paths.size === 0 ? 'none' : 'taken';
    for (const path of paths) {
      if (this.#claimed.has(path)) continue;
      this.#claimed.add(path);
      const release = await this.#claimOnMachine(path);
      if (release !== 'taken') return this.#claimOf(path, release);
      this.#claimed.delete(path);
      without = 'taken-elsewhere';
    }
    return without;
  }

  #claimOf(path: string, release: Release): HidClaim {
    return {
      open: async () => (await this.#load()).HIDAsync.open(path),
      release: () => {
        release();
        this.#claimed.delete(path);
      },
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
