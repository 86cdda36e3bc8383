/** Where in an exchange a gateway is killed. */
export const MOMENTS = [
  /** The request is on disk, and has reached nobody. */
  'journaled',
  /** The insurer has it, and acts. */
  'sent',
  /** The insurer has answered; the answer has not arrived. */
  'acted',
  /** The answer has arrived, and is about to be written down. */
  'answered',
  /** The store has committed once more since: most likely the answer, and the step it ends is still open. */
  'stored',
] as const;

/** The transactions of the flows: the quote, the settlement, its reversal, and the way out of doubt. */
export const TRANSACTIONS = { quote: '2206', settle: '2207', reverse: '2208', undo: '2601' } as const;

export type Moment = (typeof MOMENTS)[number];

/** A step at which the gateway dies. */
export interface Step {
  readonly flow: keyof typeof TRANSACTIONS;
  readonly moment: Moment;
}

export const STEPS: readonly Step[] = (Object.keys(TRANSACTIONS) as Step['flow'][]).flatMap((flow) =>
  MOMENTS.map((moment): Step => ({ flow, moment })),
);
