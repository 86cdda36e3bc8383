/** What a virus scanner says of a file. */
export type ScanVerdict = { readonly clean: true } | { readonly clean: false };

/** Looks into a file before it is kept. Throws when it could not say: such a file is not taken. */
export interface VirusScanner {
  scan(content: AsyncIterable<Uint8Array>): Promise<ScanVerdict>;
}
