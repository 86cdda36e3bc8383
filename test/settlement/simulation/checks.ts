import type { ExchangeRow } from '../../../src/settlement/exchange-queries.ts';
import { currentLeg } from '../../../src/settlement/legs.ts';
import type { Settlement } from '../../../src/settlement/model.ts';
import type { HistoryRow, LegRow, SettlementRow } from '../../../src/settlement/queries.ts';
import { defaultSettings } from '../../../src/settlement/settings.ts';
import type { Disk } from './disk.ts';
import type { World } from './world.ts';

export function settlementsOnFile(disk: Disk): Settlement[] {
  const legs = disk.list<LegRow>((db) => db.selectFrom('legs').selectAll().orderBy('ordinal'));
  const rows = disk.list<SettlementRow>((db) => db.selectFrom('settlements').selectAll());
  return rows.map((row) => ({ row, legs: legs.filter((leg) => leg.settlement_id === row.id) }));
}

/** Whether nothing is left to be done by itself. */
export function isQuiet(world: World): boolean {
  const [waiting] = world.disk.list((db) =>
    db.selectFrom('settlements').select('id').where('next_check_at', 'is not', null).limit(1),
  );
  return !waiting && [...world.wires.values()].every((wire) => wire.underWay === 0);
}

/** The promises, once everything is at rest: what is not kept of them. */
export function brokenPromises(world: World): string[] {
  const settlements = settlementsOnFile(world.disk);
  return [
    ...doubled(world),
    ...world.bugs,
    ...settlements.flatMap((settlement) => [...atRest(settlement), ...explained(world, settlement)]),
    ...settlements.flatMap((settlement) => againstBooks(world, settlement)),
    ...unknownToUs(world, settlements),
    ...unwritten(world),
    ...acknowledgedOnly(world, settlements),
  ];
}

/** Noticed by the insurers, at whatever moment it was. */
function doubled(world: World): string[] {
  return [...world.insurers].flatMap(([id, insurer]) =>
    insurer.doubled.map((bill) => `${bill} was settled twice at a time at ${id}`),
  );
}

function atRest({ row }: Settlement): string[] {
  const states = ['draft', 'quoted', 'settled', 'reversed', 'failed', 'needs-review'];
  return [
    ...(states.includes(row.state) ? [] : [`${row.id} is still ${row.state}`]),
    ...(row.next_check_at === null && row.runner === null ? [] : [`${row.id} is still leased`]),
  ];
}

/** Only what can't be told by the insurer's interface is left to a person, with a reason. */
function explained(world: World, { row, legs }: Settlement): string[] {
  if (row.state !== 'needs-review') return [];
  const leg = currentLeg({ row, legs });
  const exchanges = world.disk.list<ExchangeRow>((db) =>
    db.selectFrom('exchanges').selectAll().where('settlement_id', '=', row.id),
  );
  const ofLeg = exchanges.filter(({ insurer }) => insurer === leg.insurer);
  const wrong = (why: string) => [`${row.id} needs a person for ${row.cause_code}: ${why}`];
  switch (row.cause_code) {
    case 'settlement.amounts-wrong':
    case 'settlement.amounts-changed':
      return [];
    case 'settlement.payer-stands':
      return ofLeg.some(({ purpose, outcome }) => purpose === 'reverse' && outcome === 'refused')
        ? []
        : wrong('nothing was refused');
    case 'settlement.undecided': {
      const { rules } = world.insurers.get(leg.insurer)!;
      const undone = ofLeg.filter(({ purpose }) => purpose === 'undo' || purpose === 'query');
      const isTold = rules.fences || rules.ways.length > 1 || rules.ways[0]?.way !== 'reverse-by-own-id';
      const fruitless = undone.filter(({ outcome }) => outcome === 'unknown').length;
      return !isTold || fruitless >= defaultSettings.undecidedMax ? [] : wrong('it could be told');
    }
    default:
      return wrong('no reason');
  }
}

/** Each payer's part against the insurer's book, to the fen. What a person is to look at, nothing is said of. */
function againstBooks(world: World, { row, legs }: Settlement): string[] {
  const inQuestion = row.state === 'needs-review' ? row.leg : undefined;
  return legs.flatMap((leg) => {
    const live = world.insurers
      .get(leg.insurer)!
      .live(leg.bill_number)
      .filter(({ settlementId }) => settlementId === row.id);
    const label = `${row.id} ${row.state}, ${leg.insurer} ${leg.state}`;
    if (leg.ordinal === inQuestion) return live.length <= 1 ? [] : [`${label}: live ${live.length} times`];
    const theirs = live.map((entry) => [
      entry.number,
      entry.totalFen,
      entry.paysFen,
      entry.totalFen - entry.paysFen,
    ]);
    const pays = (leg.fund_fen ?? 0) + (leg.paid_fen ?? 0);
    const ours = leg.state === 'settled' ? [[leg.number, leg.total_fen, pays, leg.cash_fen]] : [];
    return JSON.stringify(ours) === JSON.stringify(theirs)
      ? isOneOf(row, leg)
      : [`${label}: we have ${JSON.stringify(ours)}, they ${JSON.stringify(theirs)}`];
  });
}

/** All or nothing: the parts of a settlement that is at rest say what it says. */
function isOneOf(row: SettlementRow, leg: LegRow): string[] {
  const agrees =
    row.state === 'settled'
      ? leg.state === 'settled'
      : row.state === 'needs-review' || leg.state !== 'settled';
  return agrees ? [] : [`${row.id} is ${row.state}, but ${leg.insurer} is ${leg.state}`];
}

/** What stands in a book must belong to a settlement of ours. */
function unknownToUs(world: World, settlements: readonly Settlement[]): string[] {
  const known = new Set(
    settlements.flatMap(({ row, legs }) => legs.map((leg) => `${row.id} ${leg.insurer}`)),
  );
  return [...world.insurers].flatMap(([id, insurer]) =>
    insurer.entries
      .filter(({ settlementId }) => !known.has(`${settlementId} ${id}`))
      .map(({ bill, number }) => `${id} has ${number} of ${bill}, which we don't know`),
  );
}

/** Nothing was ever done that had not been written down before. */
function unwritten(world: World): string[] {
  const written = new Set(
    world.disk
      .list<{ own_id: string }>((db) => db.selectFrom('exchanges').select('own_id'))
      .map(({ own_id }) => own_id),
  );
  return [...world.insurers].flatMap(([id, insurer]) =>
    [...insurer.deeds.keys()]
      .filter((ownId) => !written.has(ownId))
      .map((ownId) => `${id} did ${ownId}, unwritten`),
  );
}

/** What was acknowledged is there, and came to what was said. */
function acknowledgedOnly(world: World, settlements: readonly Settlement[]): string[] {
  const history = world.disk.list<HistoryRow>((db) =>
    db.selectFrom('settlement_history').selectAll().orderBy('seq'),
  );
  return world.acknowledged.flatMap(({ key, reply: { body } }) => {
    const now = settlements.find(({ row }) => row.id === body.id)?.row;
    if (!now) return [`${key} was acknowledged, and ${body.id} is not there`];
    const been = history.some(
      ({ settlement_id, to_state }) => settlement_id === now.id && to_state === body.state,
    );
    return been ? [] : [`${key} was told ${body.state}, which ${now.id} never was`];
  });
}
