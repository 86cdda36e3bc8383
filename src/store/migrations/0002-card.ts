import type { Step } from '../migrate.ts';

export const card: Step = async (_db, _types) => {};
