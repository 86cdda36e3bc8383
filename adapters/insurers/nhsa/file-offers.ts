import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { CatalogueFlows, FileFlows, Spool } from '../../../src/settlement/port.ts';
import { Catalogues } from './catalogues.ts';
import { Files } from './files.ts';
import type { Platform } from './platform.ts';

const BYTES_MAX = 64 * 1024 * 1024;
const TIMEOUT_MS = 300_000;

/** What the platform offers over files; nothing where there is no place for them to lie. */
export function fileOffers(
  configuration: NhsaConfiguration,
  platform: Platform,
  spool: Spool | undefined,
): { files?: FileFlows; catalogues?: CatalogueFlows } {
  if (!spool) return {};
  const { fixmedinsCode, fileBytesMax, fileTimeoutMs, catalogueFiles } = configuration;
  const files = new Files(platform, platform.fileTransport(), {
    spool,
    fixmedinsCode,
    bytesMax: fileBytesMax ?? BYTES_MAX,
    timeoutMs: fileTimeoutMs ?? TIMEOUT_MS,
  });
  return { files, catalogues: new Catalogues({ platform, files, fixmedinsCode, layouts: catalogueFiles }) };
}
