import Type from 'typebox';
import { Strict } from './common.ts';

/** The comparison of our ledger with an insurer's (对账). */
export const StatementsConfiguration = Strict({
  /** From when on yesterday's statement is made by itself, HH:mm in China; never where absent. */
  daily: Type.Optional(Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })),
  /** The groups that the institution is cleared in: insutype|clr_type|setl_optins. */
  groups: Type.Optional(
    Type.Array(Type.String({ pattern: '^[0-9]{3,6}\\|[0-9]{2,6}\\|[0-9]{6}$' }), { maxItems: 200 }),
  ),
});
