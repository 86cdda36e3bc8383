/** The desks of the bench, from 1. */
export const DESKS = 1_000;

export const HIS_KEY = 'yk_his_key-of-the-bench-run';

export const deskId = (number: number): string => `desk-${number}`;

/** Made up, so that three processes know it. */
export const deskKey = (number: number): string => `yk_desk-${number}_key-of-the-bench-run`;
