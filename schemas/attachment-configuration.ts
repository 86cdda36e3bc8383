import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';
import { Port } from './configuration-words.ts';

const timeoutMs = Type.Optional(Type.Integer({ minimum: 1_000, maximum: 300_000 }));

/** Who looks into files for viruses: a program that reads its input, or a ClamAV daemon. */
export const ScannerConfiguration = Type.Union([
  Strict({
    kind: Type.Literal('command'),
    /** The program and its arguments; the file comes on its input. 0 clean, 1 infected, anything else: not known. */
    command: Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { minItems: 1, maxItems: 20 }),
    timeoutMs,
  }),
  Strict({
    kind: Type.Literal('clamav'),
    host: Type.String({ minLength: 1, maxLength: 200 }),
    port: Port,
    timeoutMs,
  }),
]);

/** Files that go with referrals. */
export const AttachmentsConfiguration = Strict({
  /** Where they lie, encrypted; several gateways on one PostgreSQL need one folder that all of them reach. */
  folder: Type.Optional(Type.String({ minLength: 1 })),
  megabytesMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_024 })),
  countMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  scan: Type.Optional(ScannerConfiguration),
});

export type ScannerConfiguration = Static<typeof ScannerConfiguration>;
