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
/** No longer than other answers: a way out of doubt is taken within the time that a step has. */
const TIMEOUT_MS = 60_000;

/** What the platform offers of statements, and the way out of doubt that goes by them: after those that are there. */
export function statementOffers(
  configuration: NhsaConfiguration,
  parts: { platform: Platform; clock: Clock; spool?: Spool | undefined; waysOut: readonly WayOut[] },
): { statements?: StatementFlows; waysOut: readonly WayOut[] } {
  const { platform, clock, spool, waysOut } = parts;
  if (!spool) return { waysOut };
  const { fixmedinsCode, mdtrtareaAdmvs, timeoutMs, nothingToUndo = [] } = configuration;
  const groups = configuration.statements?.groups ?? [];
  const files = new Files(platform, platform.fileTransport(), {
    ...{ spool, fixmedinsCode, bytesMax: BYTES_MAX, timeoutMs: timeoutMs ?? TIMEOUT_MS },
  });
  const statements = new Statements({
    ...{ platform, files, groups, nothingToUndo },
    decimals: decimalsOf(configuration),
    integrity: { fundIncludesAccount: configuration.fundIncludesAccount ?? false },
  });
  return { statements, waysOut: [...waysOut, statementWay({ statements, clock, mdtrtareaAdmvs, groups })] };
}
