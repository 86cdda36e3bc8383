/** What the people at a clinic are to each other; a person may be several. What each may do: src/access/users/roles.ts. */
export const ROLES = ['reception', 'doctor', 'referral-centre', 'finance', 'operator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];
