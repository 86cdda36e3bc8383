import type {
  Agreement,
  Need,
  OrganisationRecord,
  RouteAnswer,
  RouteRequest,
} from '../../schemas/directory.ts';
import type { Direction, Level } from '../../schemas/organisation.ts';
import { err, ok, type Result } from '../result.ts';
import { WayMap } from './directory/ways.ts';

/** An organisation as an answer names it. */
export interface RoutedOrganisation {
  readonly code: string;
  readonly name: string;
  readonly level: Level;
}

/** An organisation as routing sees it; without a link, it is reached through others or not at all. */
export type Entry = Omit<OrganisationRecord, 'link'> & { readonly link?: object | undefined };

/** What is known when a way is looked for. */
export interface Knowledge {
  readonly own: Entry;
  /** Everybody, our own included, by code. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly agreements: readonly Agreement[];
  readonly ways: WayMap;
}

export function knowledgeOf(
  own: Entry,
  others: readonly Entry[],
  agreements: readonly Agreement[] = [],
): Knowledge {
  const entries = new Map([...others, own].map((entry) => [entry.code, entry]));
  return { own, entries, agreements, ways: new WayMap(own.code, entries) };
}

export type Refusal =
  | 'to-self'
  | 'unknown-organisation'
  | 'closed-organisation'
  | 'not-capable'
  | 'no-capable'
  | 'no-route';

/** The receiver that was found, and all that a dry run shows. */
export type Route = Omit<RouteAnswer, 'to'> & { readonly to: RoutedOrganisation };

/** More candidates than anybody reads. */
const CONSIDERED_MAX = 50;

const ranks: Record<Level, number> = { village: 0, township: 1, county: 2, city: 3, province: 4 };

/**
 * Finds the receiver of a referral and the way to it: the organisation that is named, or else the nearest one that
 * has what is needed. `day` is today, yyyy-MM-dd: the same day and the same directory always give the same route.
 */
export function route(known: Knowledge, request: RouteRequest, day: string): Result<Route, Refusal> {
  return request.to === undefined ? find(known, request, day) : address(known, request.to, request, day);
}

/** Whether an organisation takes new referrals on that day. */
export function isOpen({ opensOn, closedFrom }: Entry, day: string): boolean {
  return (opensOn === undefined || opensOn <= day) && (closedFrom === undefined || day < closedFrom);
}

function address(
  known: Knowledge,
  to: string,
  { need, direction }: RouteRequest,
  day: string,
): Result<Route, Refusal> {
  if (to === known.own.code) return err('to-self');
  const entry = known.entries.get(to);
  if (!entry) return err('unknown-organisation');
  if (!isOpen(entry, day)) return err('closed-organisation');
  if (need && !hasWhatIs(need, entry)) return err('not-capable');
  const way = known.ways.wayTo(to);
  if (!way) return err('no-route');
  return ok({
    to: nameOf(entry),
    direction: direction ?? directionBetween(known.own.level, entry.level),
    by: 'address',
    way: way.map((code) => nameOf(known.entries.get(code)!)),
    considered: [{ code: entry.code, name: entry.name, verdict: 'chosen' }],
  });
}

/** 基层首诊: up the ladder from village to province, a level at a time, unless another direction is asked for. */
function find(
  known: Knowledge,
  { need = {}, direction = 'up' }: RouteRequest,
  day: string,
): Result<Route, Refusal> {
  const candidates = [...known.entries.values()]
    .filter((entry) => entry.code !== known.own.code)
    .filter((entry) => directionBetween(known.own.level, entry.level) === direction)
    .map((entry) => candidateOf(known, entry, need, day))
    .toSorted((a, b) => compare(a.order, b.order));
  const chosen = candidates.find(({ verdict }) => verdict === 'possible');
  if (!chosen?.way)
    return err(candidates.some((each) => each.verdict === 'no-way') ? 'no-route' : 'no-capable');
  const { entry, way, partner } = chosen;
  return ok({
    to: nameOf(entry),
    direction,
    by: partner ? 'agreement' : 'ladder',
    ...(partner ? { agreement: partner.name } : {}),
    way: way.map((code) => nameOf(known.entries.get(code)!)),
    considered: candidates.slice(0, CONSIDERED_MAX).map((each) => ({
      code: each.entry.code,
      name: each.entry.name,
      verdict: each === chosen ? ('chosen' as const) : each.verdict,
    })),
  });
}

/** An organisation in the running, and what its place depends on, the weightiest first. */
function candidateOf(known: Knowledge, entry: Entry, need: Need, day: string) {
  const { own } = known;
  const partner = partnership(known, entry, need, day);
  const steps = Math.abs(ranks[entry.level] - ranks[own.level]);
  const strange = partner ? 0 : 1;
  const [open, capable] = [isOpen(entry, day), hasWhatIs(need, entry)];
  const way = open && capable ? known.ways.wayTo(entry.code) : undefined;
  const verdict = !open ? 'closed' : !capable ? 'not-capable' : way ? 'possible' : 'no-way';
  const order = [
    ...(need.prefer === 'agreement' ? [strange, steps] : [steps, strange]),
    -sharedDigits(own.division, entry.division),
    way?.length ?? Number.MAX_SAFE_INTEGER,
    entry.code,
  ];
  return { entry, partner, way, verdict, order } as const;
}

/** The agreement by which both are partners for this need. */
function partnership({ agreements, own }: Knowledge, { code }: Entry, need: Need, day: string) {
  const wanted = [need.department, need.service, ...(need.capabilities ?? [])];
  return agreements.find(
    ({ members, about, from, until }) =>
      members.includes(own.code) &&
      members.includes(code) &&
      (from === undefined || from <= day) &&
      (until === undefined || day <= until) &&
      (about === undefined || about.some((word) => wanted.includes(word))),
  );
}

export function hasWhatIs(need: Need, entry: Entry): boolean {
  const { departments = [], services = [], capabilities = [] } = entry;
  const department = departments.find(({ code, name }) => [code, name].includes(need.department));
  if (need.department !== undefined && !department) return false;
  if (need.service !== undefined && !services.includes(need.service)) return false;
  if (!(need.capabilities ?? []).every((word) => capabilities.includes(word))) return false;
  // Of the department, where it says; of the whole otherwise.
  const beds = department?.beds ?? entry.beds ?? 0;
  const slots = department?.slots ?? entry.slots ?? 0;
  return beds >= (need.beds ?? 0) && slots >= (need.slots ?? 0);
}

/** 上转 up, 下转 down, across between equals. */
export function directionBetween(from: Level, to: Level): Direction {
  const climb = ranks[to] - ranks[from];
  if (climb === 0) return 'across';
  return climb > 0 ? 'up' : 'down';
}

/** How near two divisions are: province, prefecture, county, township, village by their digits. */
function sharedDigits(a = '', b = ''): number {
  const ends = [12, 9, 6, 4, 2].filter((end) => end <= Math.min(a.length, b.length));
  return ends.find((end) => a.slice(0, end) === b.slice(0, end)) ?? 0;
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}

function nameOf({ code, name, level }: Entry): RoutedOrganisation {
  return { code, name, level };
}

/** What an organisation is called; its code where the directory, which changes, does not know it any more. */
export function organisationNames(organisations: readonly RoutedOrganisation[]): (code: string) => string {
  return (code) => organisations.find((each) => each.code === code)?.name ?? code;
}
