import { Duplex } from 'node:stream';
import type { Line, Transport } from './line.ts';
import type { ReportLine, ReportTransport } from './reports.ts';

/** The longest frames of these dialects fill nine reports. What nobody reads is dropped, and a frame is asked for again. */
const READ_AHEAD_BYTES = 4_096;

const NO_REPORT_ID = 0x00;

/**
 * Makes a line of bytes of reports of one size that carry nothing but bytes: what is written goes out in as many
 * reports as it takes, the last one filled up with zeros, and reports come in one after the other.
 */
export function byteTransportOver(transport: ReportTransport, reportBytes: number): Transport {
  return {
    description: transport.description,
    async open(signal) {
      const reports = await transport.open(signal);
      const stream = new ReportStream(reports, reportBytes);
      void reports.lost.then(() => stream.destroy());
      return { stream, lost: reports.lost, close: () => reports.close() } satisfies Line;
    },
  };
}

class ReportStream extends Duplex {
  readonly #reports: ReportLine;
  readonly #reportBytes: number;

  constructor(reports: ReportLine, reportBytes: number) {
    super({ readableHighWaterMark: READ_AHEAD_BYTES });
    this.#reports = reports;
    this.#reportBytes = reportBytes;
    reports.onReport((report) => {
      if (this.readableLength + report.length <= READ_AHEAD_BYTES) this.push(report);
    });
  }

  override _read(): void {
    // Reports come when they come.
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A line that goes meanwhile says so by itself.
    this.#send(bytes).then(
      () => done(),
      () => done(),
    );
  }

  async #send(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += this.#reportBytes) {
      const report = Buffer.alloc(1 + this.#reportBytes, NO_REPORT_ID);
      bytes.copy(report, 1, at, at + this.#reportBytes);
      // It may have carried a PIN.
      await this.#reports.write(report).finally(() => report.fill(0));
    }
  }
}
