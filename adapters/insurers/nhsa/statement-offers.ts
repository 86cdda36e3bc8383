import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import type { Clock } from '../../../src/clock.ts';
import type { Spool, StatementFlows, WayOut } from '../../../src/settlement/port.ts';
import { decimalsOf } from './envelope.ts';
import { Files } from './files.ts';
import type { Platform } from './platform.ts';
import { statementWay } from './statement-way.ts';
import { Statements } from './statements.ts';

/** A day's rows of one institution. */
const BYTES_MAX = 64 * 1024 * 1024;

/** What the platform offers of statements, and the way out of doubt that goes by them: after those that are there. */
export function statementOffers(
  configuration: NhsaConfiguration,
  parts: { platform: Platform; clock: Clock; spool?: Spool | undefined; waysOut: readonly WayOut[] },
): { statements?: StatementFlows; waysOut: readonly WayOut[] } {
  const { platform, clock, spool, waysOut } = parts;
  if (!spool) return { waysOut };
  const { fixmedinsCode, mdtrtareaAdmvs } = configuration;
  const { timeoutMs, nothingToUndo } = platform.profile;
  const groups = configuration.statements?.groups ?? [];
  const files = new Files(platform, platform.fileTransport(), {
    ...{ spool, fixmedinsCode, bytesMax: BYTES_MAX, timeoutMs },
  });
  const statements = new Statements({
    ...{ platform, files, groups, nothingToUndo },
    decimals: decimalsOf(platform.profile),
    integrity: platform.profile,
  });
  return { statements, waysOut: [...waysOut, statementWay({ statements, clock, mdtrtareaAdmvs, groups })] };
}
