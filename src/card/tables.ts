export type CardTables = Record<never, never>;
