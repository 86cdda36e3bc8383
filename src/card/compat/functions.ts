/** What a function of LD/T 33 takes and gives. */
export interface LibraryFunction {
  /** What it takes, in order: a name with `i` is a whole number (int), one with `p` a text (char*, GBK). */
  readonly takes: readonly ParameterName[];
  /** How many output buffers follow; one unless said. */
  readonly outputs?: number;
}

export type ParameterName =
  | 'iType'
  | 'iAuthType'
  | 'iTimeout'
  | 'pKey'
  | 'pCardInfo'
  | 'pFileAddr'
  | 'pWriteData'
  | 'pPayInfo';

const TYPE = { takes: ['iType'] } as const;
const KEY = { takes: ['pKey'] } as const;
const CARD = { takes: ['iType', 'pCardInfo'] } as const;
const FILE = { takes: ['iType', 'pCardInfo', 'pFileAddr'] } as const;
const PAY = { takes: ['iType', 'pCardInfo', 'pPayInfo'] } as const;

/**
 * The functions of LD/T 33-2015 chapter 5, and the vendors' extras that the gateway uses. Those that take or give a
 * PIN as text (PKI_SignData, iGetPassword) are left out on purpose: a PIN stays on the reader's pad.
 */
const functions = {
  iReadCardBas: TYPE,
  iReadCardBas_HSM_Step1: TYPE,
  iReadCardBas_HSM_Step2: KEY,
  iReadCard: { takes: ['iType', 'iAuthType', 'pCardInfo', 'pFileAddr'] },
  iReadCard_HSM_Step1: FILE,
  iReadCard_HSM_Step2: KEY,
  iWriteCard: { takes: ['iType', 'pCardInfo', 'pFileAddr', 'pWriteData'] },
  iWriteCard_HSM_Step1: FILE,
  iWriteCard_HSM_Step2: { takes: ['pKey', 'pWriteData'] },
  iVerifyPIN: TYPE,
  iChangePIN: TYPE,
  iReloadPIN: CARD,
  iReloadPIN_HSM_Step1: CARD,
  iReloadPIN_HSM_Step2: KEY,
  iReloadPIN_HSM_Step3: KEY,
  iUnblockPIN: CARD,
  iUnblockPIN_HSM_Step1: CARD,
  iUnblockPIN_HSM_Step2: KEY,
  iUnblockPIN_HSM_Step3: KEY,
  iDoDebit: PAY,
  iDoDebit_HSM_Step1: PAY,
  iDoDebit_HSM_Step2: KEY,
  iReadDebitRecord: TYPE,
  // Some vendors' takes a second buffer for the text of an error; one that doesn't never looks at it.
  iReadIdentityCard: { takes: [], outputs: 2 },
  iScan2DBarcode: { takes: ['iTimeout'] },
  /** The reader's serial number, the terminal number of its PSAM. */
  iGetReaderInfo: { takes: [], outputs: 2 },
} as const satisfies Record<string, LibraryFunction>;

export type LibraryFunctionName = keyof typeof functions;

export const libraryFunctions: Readonly<Record<LibraryFunctionName, LibraryFunction>> = functions;

export function isLibraryFunction(name: string): name is LibraryFunctionName {
  return Object.hasOwn(functions, name);
}

/** 1 for `…_HSM_Step1`, 0 for a function that stands alone. */
export function stepOf(name: LibraryFunctionName): number {
  return Number(/_HSM_Step(\d)$/.exec(name)?.[1] ?? 0);
}

/** The step behind this one, where the standard has one. */
export function nextStep(name: LibraryFunctionName): LibraryFunctionName | undefined {
  const next = name.replace(/\d$/, String(stepOf(name) + 1));
  return isLibraryFunction(next) ? next : undefined;
}

/** Whether the arguments are those the function takes, number by number and text by text. */
export function takesArguments(name: LibraryFunctionName, args: readonly (number | string)[]): boolean {
  const { takes } = libraryFunctions[name];
  return (
    args.length === takes.length &&
    takes.every((parameter, at) => {
      const value = args[at];
      return parameter.startsWith('i') ? isInt(value) : typeof value === 'string' && !value.includes('\0');
    })
  );
}

function isInt(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value;
}
