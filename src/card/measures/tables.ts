export interface ReaderMeasureTables {
  /** How often a reader worked and failed on a day. */
  reader_counts: {
    /** The beginning of the day of China, epoch ms. */
    day: number;
    /** The gateway that the reader belongs to: ids of readers are its own. */
    gateway: string;
    reader: string;
    /** `made`, `outage`, or the code of a fault. */
    what: string;
    count: number;
  };
}
