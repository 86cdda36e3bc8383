import type { Step } from '../migrate.ts';

export const settlement: Step = async (_db, _types) => {};
