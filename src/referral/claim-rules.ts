import type { Claim } from '../../schemas/referral-claim.ts';
import type { Vault } from '../access/vault.ts';
import { Fault } from '../errors.ts';
import { claimPurpose } from './model.ts';
import type { ReferralRow } from './queries.ts';

/** While a doctor has it, that doctor acts on it. */
export function checkClaim(
  parts: { readonly vault: Vault },
  row: ReferralRow,
  doctor: string | undefined,
): void {
  const held = claimOf(parts, row);
  if (held && held.doctor.number !== doctor) {
    throw new Fault('referral.claimed', { facts: { doctor: held.doctor.number, since: held.at } });
  }
}

/** The doctor here who has it. */
export function claimOf({ vault }: { readonly vault: Vault }, row: ReferralRow): Claim | undefined {
  return row.claim ? vault.openJson<Claim>(claimPurpose(row.id), row.claim) : undefined;
}
