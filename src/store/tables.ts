import type { AccessTables } from '../access/tables.ts';
import type { CardTables } from '../card/tables.ts';
import type { DeliveryTables } from '../delivery/tables.ts';
import type { EventTables } from '../events/tables.ts';
import type { ReferralTables } from '../referral/tables.ts';
import type { SettlementTables } from '../settlement/tables.ts';

/**
 * Every table of the store. Each feature declares its own; columns are snake_case, times are epoch milliseconds,
 * amounts are integers of fen, flags are 0 or 1, JSON is text, and what is encrypted is bytes.
 */
export type Tables = AccessTables &
  CardTables &
  SettlementTables &
  ReferralTables &
  DeliveryTables &
  EventTables;
