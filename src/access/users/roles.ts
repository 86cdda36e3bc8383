import type { Role } from '../../../schemas/user-words.ts';
import type { Scope } from '../clients.ts';

/** What each may do: the same scopes that a HIS's key has. The table is the documentation. */
export const SCOPES_OF: Readonly<Record<Role, readonly Scope[]>> = {
  // 挂号收费
  reception: [
    'reader:read',
    'reading:write',
    'purse:write',
    'eligibility:write',
    'settlement:read',
    'settlement:write',
    'catalogue:read',
    'referral:read',
    'event:read',
  ],
  // 医生
  doctor: [
    'reader:read',
    'reading:write',
    'settlement:read',
    'catalogue:read',
    'referral:read',
    'referral:write',
    'event:read',
  ],
  // 双向转诊中心
  'referral-centre': [
    'reader:read',
    'reading:write',
    'referral:read',
    'referral:write',
    'referral:review',
    'referral:export',
    'delivery:read',
    'measure:read',
    'event:read',
  ],
  // 医保财务
  finance: [
    'settlement:read',
    'settlement:write',
    'transaction:write',
    'catalogue:read',
    'catalogue:write',
    'measure:read',
    'event:read',
  ],
  // 县级运维
  operator: [
    'reader:read',
    'catalogue:read',
    'catalogue:write',
    'organisation:write',
    'delivery:read',
    'delivery:write',
    'measure:read',
    'operation:read',
    'metrics:read',
    'event:read',
    'event:write',
    'user:read',
    'user:write',
    'sandbox:write',
  ],
  // 审计
  auditor: [
    'settlement:read',
    'referral:read',
    'delivery:read',
    'measure:read',
    'audit:read',
    'operation:read',
    'user:read',
  ],
};

export function scopesOf(roles: readonly Role[]): ReadonlySet<Scope> {
  return new Set(roles.flatMap((role) => SCOPES_OF[role]));
}
