/** Where a message is when somebody dies. */
export const MOMENTS = [
  /** On its sender's disk and on the way; nobody has it. */
  'sent',
  /** The receiver has it, and acts. */
  'arrived',
  /** The receiver has given its receipt, and the sender does not have it. */
  'taken',
  /** The receipt has reached the sender, and is about to be written down. */
  'receipted',
] as const;

/** The kinds of messages a referral is made of, as they stand in an envelope. */
export const KINDS = ['referral.request', 'referral.event'] as const;

/** The gateways, by what they are: each is the sender on one line and the receiver on the other. */
export const SIDES = ['clinic', 'hospital'] as const;
export type Side = (typeof SIDES)[number];

/** A moment of a message at which a gateway dies. */
export interface Step {
  readonly from: Side;
  readonly kind: (typeof KINDS)[number];
  readonly moment: (typeof MOMENTS)[number];
  readonly dies: 'sender' | 'receiver';
}

/** What the receiver's death changes it changes while the message is with it. */
const VICTIMS: Record<Step['moment'], readonly Step['dies'][]> = {
  sent: ['sender'],
  arrived: ['sender', 'receiver'],
  taken: ['sender', 'receiver'],
  receipted: ['sender'],
};

export const STEPS: readonly Step[] = SIDES.flatMap((from) =>
  KINDS.flatMap((kind) =>
    MOMENTS.flatMap((moment) => VICTIMS[moment].map((dies): Step => ({ from, kind, moment, dies }))),
  ),
);

export function otherSide(side: Side): Side {
  return side === 'clinic' ? 'hospital' : 'clinic';
}
