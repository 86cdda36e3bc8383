/**
 * An open HID device: reports out, reports in, and word of its end. The report id is the first byte of each buffer, 00
 * where the device doesn't number its reports; only input reports of such a device come without it.
 */
export interface ReportLine {
  /** Sends an output report. Fault `reader.lost`. */
  write(report: Buffer): Promise<void>;
  /** Sends a feature report. Fault `reader.lost`. */
  sendFeature(report: Buffer): Promise<void>;
  /** Asks for a feature report of at most so many bytes, its id included. Fault `reader.lost`. */
  getFeature(reportId: number, bytesMax: number): Promise<Buffer>;
  /** Calls `listener` for each input report from now on; the answer ends it. */
  onReport(listener: (report: Buffer) => void): () => void;
  /** Resolves, once, when the device is gone, whoever ended it; never rejects. */
  readonly lost: Promise<void>;
  /** Lets go of the device. Safe to call twice, and on a lost one. */
  close(): Promise<void>;
}

/** How reports travel to a reader; injected, so that recorded reports drive a driver in tests. */
export interface ReportTransport {
  /** What a person would call it: "hid 0c2e:0b61". */
  readonly description: string;
  /** Throws Fault `reader.absent` when the device can't be opened in time, or `signal` aborts. */
  open(signal: AbortSignal): Promise<ReportLine>;
}
