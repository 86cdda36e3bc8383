import type { Step } from '../migrate.ts';

export const delivery: Step = async (_db, _types) => {};
