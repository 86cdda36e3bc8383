export type SettlementTables = Record<never, never>;
