import type { Delivery } from '../../../../schemas/delivery.ts';
import { call } from '../api.ts';
import type { Page, ReadPage } from './use-pages.ts';

/** What was typed to find deliveries; what is empty does not matter. */
export interface DeliveryForm {
  readonly about?: string;
  readonly state?: Delivery['state'];
  readonly organisation?: string;
  readonly type?: string;
  readonly reason?: string;
  /** As a browser's field for day and time gives it: 2026-03-02T09:00. */
  readonly since?: string;
  readonly until?: string;
  /** The number of a resident ID card; it goes into a body, never into an address. */
  readonly person?: string;
}

/** A delivery as the list shows it: of a hundred thousand no more than that is kept. */
export interface DeliveryLine
  extends Pick<Delivery, 'id' | 'organisation' | 'type' | 'state' | 'attempts' | 'createdAt'> {
  readonly reason?: string;
}

/** What the API is asked for, without the person and the state. */
export type DeliveryFilter = Readonly<Record<string, string>>;

const PAGE = 500;

/** The filter of the API that a form means. */
export function filterOf(form: DeliveryForm): DeliveryFilter {
  const { about, organisation, type, reason, since, until } = form;
  const given = {
    ...{ about, organisation, type, reason },
    since: since ? inChina(since) : undefined,
    until: until ? inChina(until) : undefined,
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
}

/** Reads the deliveries that a form means. */
export function deliveriesOf(form: DeliveryForm): ReadPage<DeliveryLine> {
  const filter: DeliveryFilter = { ...filterOf(form), ...(form.state ? { state: form.state } : {}) };
  const person = form.person?.trim();
  return async (after, signal) => {
    const cursor: DeliveryFilter = after === undefined ? {} : { after };
    const { items, next } = person
      ? await call<Page<Delivery>>('POST', '/v1/deliveries/search', {
          body: {
            ...{ ...filter, ...cursor, limit: PAGE },
            patient: { documentType: 'resident-id', documentNumber: person },
          },
          signal,
        })
      : await call<Page<Delivery>>(
          'GET',
          `/v1/deliveries?${new URLSearchParams({ ...filter, ...cursor, limit: String(PAGE) })}`,
          { signal },
        );
    return { items: items.map(lineOf), ...(next === undefined ? {} : { next }) };
  };
}

function lineOf({ id, organisation, type, state, attempts, createdAt, report }: Delivery): DeliveryLine {
  return { id, organisation, type, state, attempts, createdAt, ...(report ? { reason: report.code } : {}) };
}

/** The gateway's people write times by the clock of China, wherever their browser thinks it is. */
function inChina(local: string): string {
  return `${local.length === 16 ? `${local}:00` : local}+08:00`;
}
