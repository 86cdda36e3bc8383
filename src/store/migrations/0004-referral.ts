import type { Step } from '../migrate.ts';

export const referral: Step = async (_db, _types) => {};
