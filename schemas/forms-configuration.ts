import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';

const UploadCode = Type.Optional(Type.String({ pattern: '^[0-9A-Za-z]{1,2}$' }));

/** The fonts of printed forms, and how a city numbers what its schema leaves open. */
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
  /** The city's own codes for its upload records; each stands for ours. */
  uploadCodes: Type.Optional(
    Strict({
      klx: Type.Optional(Strict({ card: UploadCode, citizen: UploadCode, other: UploadCode })),
      zzbz: Type.Optional(Strict({ out: UploadCode, back: UploadCode })),
      cxbz: Type.Optional(
        Strict({
          no: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z]$' })),
          yes: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z]$' })),
        }),
      ),
      department: Type.Optional(
        Strict({
          code: Type.String({ minLength: 1, maxLength: 10 }),
          name: Type.String({ minLength: 1, maxLength: 50 }),
        }),
      ),
      /** Where they are from: the city's document. */
      source: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    }),
  ),
});

export type FormsConfiguration = Static<typeof FormsConfiguration>;
