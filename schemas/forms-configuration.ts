import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';

/** The fonts of printed forms. */
export const FormsConfiguration = Strict({
  /** TTF, OTF or TTC, tried in this order for each character; found by the gateway where absent. */
  fonts: Type.Optional(
    Type.Array(
      Strict({
        file: Type.String({ minLength: 1 }),
        /** Which font of a collection (.ttc), by its PostScript name. */
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      }),
      { minItems: 1, maxItems: 8 },
    ),
  ),
});

export type FormsConfiguration = Static<typeof FormsConfiguration>;
