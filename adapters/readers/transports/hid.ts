import { setTimeout as delay, setImmediate as tick } from 'node:timers/promises';
import { Fault } from '../../../src/errors.ts';
import { claimDevice } from './claim.ts';
import { HidBus, type HidClaim, type HidHandle, type HidMatch } from './hid-bus.ts';
import { hidReasonOf } from './hid-reason.ts';
import { openTimeoutMs } from './line.ts';
import type { ReportLine, ReportTransport } from './reports.ts';

/** Closing takes as long as the reading thread needs to end, 50 ms, and as a request that the device holds up. */
const CLOSE_TIMEOUT_MS = 1_000;

/** The devices of this machine, for all of this process. */
export const hidBus = new HidBus(() => import('node-hid'), claimDevice);

/** A HID device, looked for by its numbers at each opening. */
export function hidTransport(match: HidMatch, hid: HidBus = hidBus): ReportTransport {
  const description = `hid ${hidIdOf(match)}`;
  const absent = (reason: string, cause?: unknown) =>
    new Fault('reader.absent', { detail: `${description}: ${reason}` }, cause);
  return {
    description,
    async open(signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(openTimeoutMs)]);
      try {
        const devices = await unless(limit, hid.list());
        const claim = await unless(limit, hid.claim(devices, match), (late) => {
          if (typeof late === 'object') late.release();
        });
        if (claim === 'none') throw absent('没有插着这个设备 / no such device is plugged in');
        if (claim === 'taken')
          throw absent('已由本网关的另一台读卡器使用 / another reader of this gateway has it');
        if (claim === 'taken-elsewhere')
          throw absent('被另一个程序占用,请先关闭它 / another program uses it: close that first');
        return await lineOf(claim, limit);
      } catch (cause) {
        throw cause instanceof Fault ? cause : absent(hidReasonOf(cause, match), cause);
      }
    },
  };
}

/** `0c2e:0b61`, and the serial number where one is asked for. */
function hidIdOf({ vendorId, productId, serialNumber }: HidMatch): string {
  const id = [vendorId, productId].map((number) => number.toString(16).padStart(4, '0')).join(':');
  return serialNumber === undefined ? id : `${id} ${serialNumber}`;
}

async function lineOf(claim: HidClaim, limit: AbortSignal): Promise<ReportLine> {
  try {
    // Too late for whoever asked: nobody would ever close it again.
    const handle = await unless(limit, claim.open(), (late) => void late.close().catch(() => {}));
    const line = new HidLine(handle, claim);
    await tick();
    return line;
  } catch (error) {
    claim.release();
    throw error;
  }
}

/** What `promise` brings, unless the limit comes first; then `tooLate` gets what it brings. */
export function unless<T>(limit: AbortSignal, promise: Promise<T>, tooLate?: (value: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(limit.reason);
    limit.addEventListener('abort', aborted, { once: true });
    promise
      .then((value) => (limit.aborted ? tooLate?.(value) : resolve(value)), reject)
      .finally(() => limit.removeEventListener('abort', aborted));
    if (limit.aborted) aborted();
  });
}

/**
 * An open device. Reports go to whoever listens, through one listener of node-hid's that stays from the first to the
 * last: it is the thread behind it that notices an unplug, and starting it twice throws where nobody can catch it.
 */
class HidLine implements ReportLine {
  readonly lost: Promise<void>;
  readonly #handle: HidHandle;
  readonly #claim: HidClaim;
  readonly #listeners = new Set<(report: Buffer) => void>();
  /** Ends those who wait for the device. */
  readonly #waiting = new Set<(fault: Fault) => void>();
  readonly #tellLost: () => void;
  #closing: Promise<void> | undefined;

  constructor(handle: HidHandle, claim: HidClaim) {
    this.#handle = handle;
    this.#claim = claim;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.lost = promise;
    this.#tellLost = resolve;
    handle.on('error', () => void this.close());
    handle.on('data', (report) => {
      for (const listener of this.#listeners) listener(report);
    });
  }

  async write(report: Buffer): Promise<void> {
    await this.#ask(() => this.#handle.write(report));
  }

  async sendFeature(report: Buffer): Promise<void> {
    await this.#ask(() => this.#handle.sendFeatureReport(report));
  }

  getFeature(reportId: number, bytesMax: number): Promise<Buffer> {
    return this.#ask(() => this.#handle.getFeatureReport(reportId, bytesMax));
  }

  onReport(listener: (report: Buffer) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#listeners.clear();
    for (const fail of this.#waiting) fail(new Fault('reader.lost'));
    this.#tellLost();
    // A device that is gone may complain: there is nothing left to let go of.
    const closed = this.#handle
      .close()
      .catch(() => {})
      .finally(() => this.#claim.release());
    const impatient = new AbortController();
    await Promise.race([
      closed,
      delay(CLOSE_TIMEOUT_MS, undefined, { signal: impatient.signal }).catch(() => {}),
    ]);
    impatient.abort();
  }

  /** node-hid answers in order and may never answer: a request ends with the line at the latest. */
  #ask<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closing) return reject(new Fault('reader.lost'));
      this.#waiting.add(reject);
      const failed = (cause: unknown) => {
        void this.close();
        reject(new Fault('reader.lost', {}, cause));
      };
      work()
        .then(resolve, failed)
        .finally(() => this.#waiting.delete(reject));
    });
  }
}
