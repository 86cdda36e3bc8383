import type { Claim, Claimant } from '../../schemas/referral-claim.ts';
import type { Caller } from '../access/caller.ts';
import { timestampOf } from '../clock.ts';
import type { AfterCommit } from '../delivery/port.ts';
import { Fault } from '../errors.ts';
import type { Unit } from '../store/port.ts';
import type { ActingParts } from './acting.ts';
import { CaseFile } from './case-file.ts';
import { claimOf } from './claim-rules.ts';
import { isTerminal } from './machine.ts';
import { claimPurpose } from './model.ts';
import { type ReferralRow, referralToChange } from './queries.ts';

interface ClaimChange {
  readonly id: string;
  readonly version: number;
  readonly doctor: Claimant;
  /** Release: why somebody else's claim is ended. */
  readonly reason?: string | undefined;
}

/**
 * A doctor of the receiving organisation takes a referral on (领取). It is nobody's business at the other end, so no
 * message tells of it. The same doctor again changes nothing; another one is told that it is taken.
 */
export async function claimWithin(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { id, version, doctor }: ClaimChange,
): Promise<AfterCommit> {
  const row = await rowToChange(unit, id);
  const held = claimOf(parts, row);
  if (held?.doctor.number === doctor.number) return () => undefined;
  if (held) throw new Fault('referral.claimed', { facts: { doctor: held.doctor.number, since: held.at } });
  checkVersion(row, version);
  const now = parts.clock.now();
  const claim: Claim = { doctor, at: timestampOf(now) };
  const file = await CaseFile.open(unit, parts.vault, row);
  file.keep({ claim: parts.vault.sealJson(claimPurpose(id), claim) });
  await parts.audit.add(unit, { ...by, act: 'claim', kind: 'referral', subject: id });
  return file.save(parts, 'claimed', now);
}

/** Gives a claim back. Another doctor's claim is ended only with a reason: he is off duty, say. */
export async function releaseWithin(
  parts: ActingParts,
  unit: Unit,
  by: Caller,
  { id, version, doctor, reason }: ClaimChange,
): Promise<AfterCommit> {
  const row = await rowToChange(unit, id);
  const held = claimOf(parts, row);
  if (!held) return () => undefined;
  if (held.doctor.number !== doctor.number && reason === undefined) {
    throw new Fault('referral.claimed', { facts: { doctor: held.doctor.number, since: held.at } });
  }
  checkVersion(row, version);
  const file = await CaseFile.open(unit, parts.vault, row);
  file.keep({ claim: null });
  const forced = held.doctor.number !== doctor.number;
  await parts.audit.add(unit, {
    ...by,
    act: forced ? 'release-of-other' : 'release',
    kind: 'referral',
    subject: id,
  });
  return file.save(parts, 'claimed', parts.clock.now());
}

async function rowToChange(unit: Unit, id: string): Promise<ReferralRow> {
  const row = await unit.one(referralToChange, { id });
  if (!row) throw new Fault('referral.not-found');
  if (row.role !== 'recipient' || isTerminal(row.state)) {
    throw new Fault('referral.transition', { facts: { state: row.state, type: 'claim' } });
  }
  return row;
}

function checkVersion(row: ReferralRow, version: number): void {
  if (row.version !== version) throw new Fault('request.version', { facts: { version: row.version } });
}
