/** What becomes of a message on its way. */
export const DELIVERY_STATES = ['queued', 'delivered', 'dead'] as const;
