import type { Unit } from '../../store/port.ts';
import type { DividedLine, Handle } from '../port.ts';
import type { StayLines } from './lines.ts';
import type { ActContent, StayRecord, StaySeals } from './model.ts';
import type { StayRow } from './queries.ts';

/** What an act that took place brought: the handle of an admission, how charges were divided. */
export interface Brought {
  readonly handle?: Handle;
  readonly divided?: readonly DividedLine[];
}

/** What follows for the stay and its lines from an act that is over, in the unit that ends it. */
export class StayEffects {
  readonly #seals: StaySeals;
  readonly #lines: StayLines;

  constructor(seals: StaySeals, lines: StayLines) {
    this.#seals = seals;
    this.#lines = lines;
  }

  /** It took place. */
  async done(
    unit: Unit,
    { row }: StayRecord,
    content: ActContent,
    { handle, divided = [] }: Brought = {},
  ): Promise<Partial<StayRow>> {
    const known = this.#seals.content(row);
    switch (row.act) {
      case 'admit':
        return handle ? { handle: this.#seals.sealHandle(row.id, handle) } : {};
      case 'change': {
        const stay = content.stay ?? known.stay;
        return {
          content: this.#seals.sealContent(row.id, { ...known, stay }),
          admitted_at: stay.admittedAt,
        };
      }
      case 'charge':
        await this.#lines.arrived(unit, row.id, divided);
        return {};
      case 'withdraw':
        await this.#lines.move(unit, row.id, 'leaving', 'withdrawn');
        return {};
      case 'discharge': {
        const { discharge } = content;
        if (!discharge) return {};
        return {
          content: this.#seals.sealContent(row.id, { ...known, discharge }),
          discharged_at: discharge.at,
        };
      }
      case 'resume':
        return {
          content: this.#seals.sealContent(row.id, { stay: known.stay }),
          discharged_at: null,
        };
      default:
        return {};
    }
  }

  /** It did not, and will not. */
  async undone(unit: Unit, { row }: StayRecord): Promise<void> {
    if (row.act === 'charge') await this.#lines.drop(unit, row.id);
    if (row.act === 'withdraw') await this.#lines.move(unit, row.id, 'leaving', 'there');
  }
}
