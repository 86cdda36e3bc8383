export type ReferralTables = Record<never, never>;
