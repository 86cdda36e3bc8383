import type { CatalogueKind } from '../../../schemas/catalogue-words.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import type { Query } from '../../store/query.ts';
import type { Catalogue, Charge, ChargeNote, Insurer } from '../port.ts';
import {
  endOfPrefix,
  factsOfCodes,
  type ItemFacts,
  itemsByCode,
  itemsByInitials,
  itemsByName,
  itemsOfCode,
  partPattern,
} from './item-queries.ts';
import { mappingsAfter, mappingsOfCodes } from './mapping-queries.ts';
import { type ItemRow, type VersionRow, versionOf, versionsOf } from './queries.ts';
import { checkCodes, type KnownCode, type KnownLimit } from './rules.ts';

/** Entries of one code: by region, person class and first day. */
const VARIANTS_MAX = 200;
/** Codes asked about in one statement, and entries taken of them. */
const CODES_MAX = 500;
const FACTS_MAX = 20_000;

/** Catalogues whose codes stand in a bill. */
const CHARGED: readonly CatalogueKind[] = [
  'drugs',
  'herbs',
  'preparations',
  'ethnic-drugs',
  'services',
  'consumables',
  'granules',
  'new-services',
];

export interface Search {
  /** How the code begins. */
  readonly code?: string | undefined;
  /** Letters: how the initials begin. Anything else: a part of the name. */
  readonly search?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

/** An entry with what else is on file of its code. */
export interface ItemFound {
  readonly items: readonly ItemRow[];
  readonly limits: readonly ItemRow[];
  readonly ratios: readonly ItemRow[];
}

/** What can be asked of the catalogues on file. */
export class CatalogueArchive implements Catalogue {
  readonly #store: Store;
  readonly #insurers: ReadonlyMap<string, Insurer>;
  readonly #level: string | undefined;

  /** @param level the class of the institution in price limits (医保目录限价类型), where it is known. */
  constructor(parts: { store: Store; insurers: ReadonlyMap<string, Insurer>; level?: string | undefined }) {
    this.#store = parts.store;
    this.#insurers = parts.insurers;
    this.#level = parts.level;
  }

  /** The catalogues that an insurer offers, with what is on file of each. */
  async kinds(insurerId: string): Promise<{ kind: CatalogueKind; row?: VersionRow }[]> {
    const insurer = this.#insurers.get(insurerId);
    if (!insurer) throw new Fault('insurer.not-found');
    const rows = await this.#store.all(versionsOf, { insurer: insurerId });
    return (insurer.catalogues?.kinds ?? []).map((kind) => {
      const row = rows.find((each) => each.kind === kind);
      return { kind, ...(row && { row }) };
    });
  }

  /** Faults: `insurer.not-found`, `catalogue.not-loaded`, `request.invalid` for a cursor that isn't ours. */
  async search(
    insurer: string,
    kind: CatalogueKind,
    { code, search, limit, after }: Search,
  ): Promise<{ rows: ItemRow[]; next?: string }> {
    // PostgreSQL takes no NUL in a text.
    if (search?.includes('\0')) throw new Fault('request.invalid', { pointer: '/querystring/search' });
    await this.#assertLoaded(insurer, kind);
    const [afterCode = '', afterVariant = '', afterInitials = ''] = cursorOf(after);
    const base = { insurer, kind, afterCode, afterVariant, limit: limit + 1 };
    let found: ItemRow[];
    if (code === undefined && search !== undefined && /^[A-Za-z]+$/.test(search)) {
      const from = search.toUpperCase();
      found = await this.#store.all(itemsByInitials, { ...base, from, to: endOfPrefix(from), afterInitials });
    } else if (code === undefined && search !== undefined) {
      found = await this.#store.all(itemsByName, { ...base, pattern: partPattern(search) });
    } else {
      const from = code ?? '';
      found = await this.#store.all(itemsByCode, { ...base, from, to: endOfPrefix(from) });
    }
    const rows = found.slice(0, limit);
    const last = found.length > limit ? rows.at(-1) : undefined;
    return last ? { rows, next: cursorTo(last) } : { rows };
  }

  /** Faults: `insurer.not-found`, `catalogue.not-loaded`, `catalogue.no-item`. */
  async item(insurer: string, kind: CatalogueKind, code: string): Promise<ItemFound> {
    await this.#assertLoaded(insurer, kind);
    const items = await this.#itemsOf(insurer, kind, code);
    if (items.length === 0) throw new Fault('catalogue.no-item');
    const [insuranceCode = code] = (await this.#itemsOf(insurer, 'insurance-matches', code)).flatMap(
      (match) => match.leads_to ?? [],
    );
    return {
      items,
      limits: await this.#itemsOf(insurer, 'price-limits', insuranceCode),
      ratios: await this.#itemsOf(insurer, 'self-pay-ratios', insuranceCode),
    };
  }

  async notesOn(insurer: string, charges: readonly Charge[], day: string): Promise<readonly ChargeNote[]> {
    const loaded = (await this.#store.all(versionsOf, { insurer })).filter((row) => row.number > 0);
    const kinds = new Set(loaded.map((row) => row.kind));
    const hasMappings = (await this.#store.all(mappingsAfter, { insurer, after: '', limit: 1 })).length > 0;
    if (kinds.size === 0 && !hasMappings) return [];
    const codes = [...new Set(charges.map((charge) => charge.nationalCode))];
    const of = (kind: CatalogueKind) => (kinds.has(kind) ? this.#facts(insurer, kind, codes) : []);
    const items: ItemFacts[] = [];
    for (const kind of CHARGED) items.push(...(await of(kind)));
    const insuranceCodes = new Map(
      (await of('insurance-matches')).map((row) => [row.code, row.leads_to ?? row.code]),
    );
    const limitCodes = [...new Set(codes.map((code) => insuranceCodes.get(code) ?? code))];
    const limits = kinds.has('price-limits') ? await this.#facts(insurer, 'price-limits', limitCodes) : [];
    const limitsByCode = groupBy(limits, knownLimit);
    const mappings = await this.#inParts(
      [...new Set(charges.map((charge) => charge.localCode))],
      mappingsOfCodes,
      { insurer },
    );
    const known = {
      hasItems: CHARGED.some((kind) => kinds.has(kind)),
      items: groupBy(items, knownCode),
      limits: new Map(codes.map((code) => [code, limitsByCode.get(insuranceCodes.get(code) ?? code) ?? []])),
      mappings: new Map(
        mappings.filter((row) => row.state !== 'withdrawn').map((row) => [row.local_code, row.national_code]),
      ),
      hasMappings,
    };
    return checkCodes(charges, known, { day, level: this.#level });
  }

  #itemsOf(insurer: string, kind: CatalogueKind, code: string): Promise<ItemRow[]> {
    return this.#store.all(itemsOfCode, { insurer, kind, code, limit: VARIANTS_MAX });
  }

  #facts(insurer: string, kind: CatalogueKind, codes: readonly string[]): Promise<ItemFacts[]> {
    return this.#inParts(codes, factsOfCodes, { insurer, kind });
  }

  async #inParts<A extends object, R>(
    codes: readonly string[],
    query: Query<A & { codes: string; limit: number }, R>,
    args: A,
  ): Promise<R[]> {
    const rows: R[] = [];
    // No code on file holds a NUL, and PostgreSQL takes none.
    const askable = codes.filter((code) => !code.includes('\0')).map((code) => code.toWellFormed());
    for (let first = 0; first < askable.length; first += CODES_MAX) {
      const part = JSON.stringify(askable.slice(first, first + CODES_MAX));
      rows.push(...(await this.#store.all(query, { ...args, codes: part, limit: FACTS_MAX })));
    }
    return rows;
  }

  async #assertLoaded(insurer: string, kind: CatalogueKind): Promise<void> {
    if (!this.#insurers.has(insurer)) throw new Fault('insurer.not-found');
    const row = await this.#store.one(versionOf, { insurer, kind });
    if (!row || row.number === 0) throw new Fault('catalogue.not-loaded');
  }
}

function groupBy<T>(rows: readonly ItemFacts[], of: (row: ItemFacts) => T): Map<string, T[]> {
  const grouped = new Map<string, T[]>();
  for (const row of rows) {
    const list = grouped.get(row.code);
    if (list) list.push(of(row));
    else grouped.set(row.code, [of(row)]);
  }
  return grouped;
}

function knownCode(row: ItemFacts): KnownCode {
  return {
    valid: row.valid === 1,
    validFrom: row.valid_from ?? undefined,
    validTo: row.valid_to ?? undefined,
  };
}

function knownLimit(row: ItemFacts): KnownLimit {
  return { ...knownCode(row), priceLimit: row.price_limit ?? '', heldFor: row.held_for ?? undefined };
}

/** Where the next page goes on, as text that a URL takes. */
function cursorTo({ code, variant, initials }: ItemRow): string {
  return Buffer.from(JSON.stringify([code, variant, initials ?? ''])).toString('base64url');
}

function cursorOf(cursor: string | undefined): string[] {
  if (cursor === undefined) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.every((each) => typeof each === 'string' && !each.includes('\0')))
      return value;
  } catch {
    // Not ours.
  }
  throw new Fault('request.invalid', { pointer: '/querystring/after', detail: 'not a cursor of ours' });
}
