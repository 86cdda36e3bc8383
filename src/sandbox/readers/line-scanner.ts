import type { VirtualDevice } from './device.ts';

/** A virtual bar code scanner: each code shown to it goes over the line once, as text with a CR behind. */
export class VirtualLineScanner implements VirtualDevice<string> {
  /** Scanners take no orders here. */
  receive(): Buffer[] {
    return [];
  }

  insert(code: string): Buffer[] {
    return [Buffer.from(`${code}\r`, 'latin1')];
  }

  remove(): Buffer[] {
    return [];
  }
}
