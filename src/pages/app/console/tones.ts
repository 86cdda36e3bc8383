/** How the states of a delivery are to be taken. */
export const TONES = { queued: 'busy', delivered: 'good', dead: 'bad' } as const;
