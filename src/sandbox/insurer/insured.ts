import { chinaDate, chinaDateTime } from '../../clock.ts';
import type { Insured } from './benefits.ts';
import type { Book, Person, VisitRow } from './book.ts';

/** What benefits ask of a person under one insurance. */
export function insuredOf(
  book: Book,
  { psn_no, insutype }: Pick<VisitRow, 'psn_no' | 'insutype'>,
  person: Person,
  medType: string,
  now: number,
): Insured {
  const at = chinaDateTime(now);
  return {
    insutype,
    medType,
    balanceFen: book.balance(psn_no, insutype),
    classes: person.classes
      .filter((row) => row.begntime <= at && at <= row.endtime)
      .map((row) => row.psn_idet_type),
    used: book.used(psn_no, insutype, chinaDate(now).slice(0, 4)),
  };
}
