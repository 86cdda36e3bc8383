const NAMES = ['total', 'fund', 'account', 'cash'] as const;
const COLUMNS = ['quote', 'settled', 'theirs'] as const;

export type Column = (typeof COLUMNS)[number];
type Name = (typeof NAMES)[number];

/** Amounts in yuan, as on the wire; a statement does not tell the cash. */
type Amounts = Readonly<Partial<Record<Name, string>>>;

export interface AmountRow {
  readonly name: Name;
  readonly amounts: Readonly<Partial<Record<Column, string>>>;
  /** Not all that are told are the same. */
  readonly differs: boolean;
}

/** The amounts of what is known, beside one another. */
export function amountRows(known: Readonly<Partial<Record<Column, Amounts | undefined>>>): {
  readonly columns: readonly Column[];
  readonly rows: readonly AmountRow[];
} {
  const columns = COLUMNS.filter((column) => known[column] !== undefined);
  const rows = NAMES.map((name) => {
    const amounts = Object.fromEntries(
      columns.flatMap((column) => {
        const amount = known[column]?.[name];
        return amount === undefined ? [] : [[column, amount]];
      }),
    );
    return { name, amounts, differs: new Set(Object.values(amounts)).size > 1 };
  });
  return { columns, rows };
}
