import type { SessionEnd, SessionState } from '../../../schemas/desk.ts';

/** What can happen to a session between a desk and its institution's gateway. */
export type SessionHappening = 'welcomed' | 'line-lost' | 'grace-over' | 'ended';

/**
 * What becomes of a session; both ends run the same table. A session outlives its connection by `GRACE_MS`, and what
 * either end had said before the line went is said again when the desk is back. Whatever stands in no row can't happen.
 *
 *     connecting ──► joined ⇄ suspended
 *          │           │         │
 *          └────────► gone ◄─────┘
 */
export const sessionMachine: Readonly<Record<SessionState, Partial<Record<SessionHappening, SessionState>>>> =
  {
    connecting: { welcomed: 'joined', ended: 'gone' },
    joined: { 'line-lost': 'suspended', ended: 'gone' },
    suspended: { welcomed: 'joined', 'grace-over': 'gone', ended: 'gone' },
    gone: {},
  };

/** How long a session waits for its desk to come back; as long, work under way at the desk is not given up. */
export const GRACE_MS = 30_000;

/** Each end pings as often, and takes a line for dead on which nothing was heard of two pings in a row. */
export const HEARTBEAT_MS = 15_000;
export const MISSED_MAX = 2;

/** How long a connection may take until both sides have said who they are. */
export const GREETING_MS = 10_000;

/** A line that is closed is cut off where the other end does not close it in turn. */
export const CLOSE_WITHIN_MS = 2_000;

/** By which close code of the WebSocket the other end is told (RFC 6455 7.4: 1001 is going away, 4000 and up are ours). */
export const closeCodes: Readonly<Record<SessionEnd, number>> = {
  stopping: 1001,
  protocol: 4000,
  version: 4001,
  replaced: 4002,
  taken: 4003,
  slow: 4004,
  flood: 4005,
  away: 4006,
  goodbye: 4007,
};

/** RFC 6455 7.4.1: a frame that the other end's library would not take. */
const REFUSED_FRAMES: readonly number[] = [1002, 1003, 1007, 1008, 1009];

/** Why the other end ended the session; undefined for a line that just went, over which it may go on. */
export function endOf(closeCode: number): SessionEnd | undefined {
  if (REFUSED_FRAMES.includes(closeCode)) return 'protocol';
  return (Object.keys(closeCodes) as SessionEnd[]).find((end) => closeCodes[end] === closeCode);
}

/**
 * What a desk does after its line went: come back soon, with pauses that grow, or only look in every minute, because
 * a person has to do something first. One that was replaced joins again only where the other is gone: two PCs with one
 * key must not throw each other out for ever.
 */
export const pauses: Readonly<Record<SessionEnd | 'lost' | 'refused', 'short' | 'long'>> = {
  lost: 'short',
  stopping: 'short',
  goodbye: 'short',
  slow: 'short',
  away: 'short',
  protocol: 'long',
  flood: 'long',
  version: 'long',
  replaced: 'long',
  taken: 'long',
  refused: 'long',
};

export const LONG_PAUSE_MS = 60_000;
