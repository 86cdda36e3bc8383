import type { Exchange } from '../../../../schemas/exchange.ts';
import type { Filing, FilingSummary } from '../../../../schemas/filing.ts';
import type { Finding } from '../../../../schemas/finding.ts';
import type { Cause, Settlement, SettlementSummary } from '../../../../schemas/settlement.ts';
import type { Stay, StaySummary } from '../../../../schemas/stay.ts';

/** A settlement, a stay or a filing whose outcome is not known: shown alike, decided alike. */

export const KINDS = ['settlement', 'stay', 'filing'] as const;
export type Kind = (typeof KINDS)[number];

/** What one line of the list says. */
export interface Matter {
  readonly kind: Kind;
  readonly id: string;
  /** The bill's number, the stay's, or whose filing it is, masked. */
  readonly name: string;
  readonly state: string;
  /** Which step is in question. */
  readonly step: string | undefined;
  readonly insurers: string;
  readonly total: string | undefined;
  readonly updatedAt: string;
}

/** One matter with its evidence. */
export interface Case extends Matter {
  readonly version: number;
  readonly actions: readonly string[];
  readonly cause: Cause | undefined;
  readonly findings: readonly Finding<string, string>[];
  readonly insurer: string;
  readonly exchangeId: string | undefined;
  readonly nextCheckAt: string | undefined;
  /** Oldest first. */
  readonly exchanges: readonly Exchange[];
  readonly history: readonly Change[];
  readonly legs: Settlement['legs'];
}

export interface Change {
  readonly seq: number;
  readonly at: string;
  readonly from?: string | undefined;
  readonly to: string;
  readonly by: string;
  readonly note?: string | undefined;
}

export const PATHS: Readonly<Record<Kind, string>> = {
  settlement: '/v1/settlements',
  stay: '/v1/stays',
  filing: '/v1/filings',
};

/** The kind and the id that a page's address names, such as `stay/01J…`. */
export function nameOf(text: string | undefined): { kind: Kind; id: string } | undefined {
  const [kind = '', id = '', ...rest] = (text ?? '').split('/');
  const known = KINDS.find((each) => each === kind);
  return known && rest.length === 0 && /^[A-Za-z0-9._:-]{1,64}$/.test(id) ? { kind: known, id } : undefined;
}

export function matterOfSettlement(
  one: Pick<SettlementSummary, 'id' | 'billNumber' | 'state' | 'doubtOf' | 'total' | 'updatedAt'>,
  insurers: readonly string[],
): Matter {
  const { id, billNumber, state, doubtOf: step, total, updatedAt } = one;
  return {
    kind: 'settlement',
    id,
    name: billNumber,
    state,
    step,
    insurers: insurers.join('、'),
    total,
    updatedAt,
  };
}

export function matterOfStay({ id, number, state, act, insurer, updatedAt }: StaySummary | Stay): Matter {
  return { kind: 'stay', id, name: number, state, step: act, insurers: insurer, total: undefined, updatedAt };
}

export function matterOfFiling(one: FilingSummary | Filing): Matter {
  const { id, person, state, doubtOf, insurer, updatedAt, kind } = one;
  const name = `${person.name} ${person.documentNumber}`;
  const step = doubtOf === undefined ? kind : `${kind}.${doubtOf}`;
  return { kind: 'filing', id, name, state, step, insurers: insurer, total: undefined, updatedAt };
}

/** What needs a person first, and of these what has waited longest. */
export function inOrder(matters: readonly Matter[]): Matter[] {
  const rank = ({ state }: Matter) => (state === 'needs-review' ? 0 : 1);
  return [...matters].sort((a, b) => rank(a) - rank(b) || (a.updatedAt < b.updatedAt ? -1 : 1));
}

export function caseOfSettlement(one: Settlement, exchanges: readonly Exchange[]): Case {
  const insurers = one.legs.map(({ insurer }) => insurer);
  return {
    ...matterOfSettlement(one, insurers),
    ...{ version: one.version, actions: one.actions, cause: one.cause, findings: one.findings },
    insurer: one.inQuestion?.insurer ?? insurers[0] ?? '',
    ...{ exchangeId: one.inQuestion?.exchangeId, nextCheckAt: one.nextCheckAt },
    ...{ exchanges, history: one.history, legs: one.legs },
  };
}

export function caseOfStay(one: Stay, exchanges: readonly Exchange[]): Case {
  return {
    ...matterOfStay(one),
    ...{ version: one.version, actions: one.actions, cause: one.cause, findings: one.findings },
    ...{ insurer: one.insurer, exchangeId: one.exchangeId, nextCheckAt: undefined },
    // Both come newest first.
    ...{ exchanges: [...exchanges].reverse(), history: [...one.history].reverse(), legs: [] },
  };
}

export function caseOfFiling(one: Filing, exchanges: readonly Exchange[]): Case {
  return {
    ...matterOfFiling(one),
    ...{ version: one.version, actions: one.actions, cause: one.cause, findings: one.findings },
    ...{ insurer: one.insurer, exchangeId: one.exchangeId, nextCheckAt: undefined },
    ...{
      exchanges,
      history: one.history.map(({ version, ...rest }) => ({ ...rest, seq: version })),
      legs: [],
    },
  };
}
