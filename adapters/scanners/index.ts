import type { ScannerConfiguration } from '../../schemas/attachment-configuration.ts';
import type { VirusScanner } from '../../src/referral/attachments/port.ts';
import { createClamavScanner } from './clamav.ts';
import { createCommandScanner } from './command.ts';

/** The virus scanner that the configuration names; none where it names none. */
export function scannerOf(scanner: ScannerConfiguration | undefined): VirusScanner | undefined {
  if (!scanner) return undefined;
  return scanner.kind === 'clamav' ? createClamavScanner(scanner) : createCommandScanner(scanner);
}
