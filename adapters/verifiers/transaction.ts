import { type ErrorCode, Fault } from '../../src/errors.ts';
import type { InsuranceCodeService } from './insurance-code.ts';

/** 解析医保电子凭证二维码, of the mobile-pay part of the national interface. */
const DECODE = '6101';

/** The edition has no field of its own for the code; 用码业务信息 is the free one. */
export const TRANSACTION_CODE_FIELD = 'businessInfo';

/** Any transaction of the insurer that moves no money, as the settlement side makes it. */
export type Transact = (
  transaction: string,
  input: Record<string, unknown>,
  caller: { readonly client: string; readonly requestId: string },
) => Promise<{ readonly output: unknown }>;

/** What the settlement side's refusals mean for a code; any other is passed on. */
const MEANINGS: Partial<Record<ErrorCode, ErrorCode>> = {
  'insurer.refused': 'code.refused',
  'insurer.unreachable': 'code.unreachable',
  'insurer.gateway-refused': 'code.unreachable',
  'insurer.no-answer': 'code.unreachable',
  'insurer.unknown-transaction': 'code.unsupported',
  'request.invalid': 'code.unsupported',
};

/** Decodes by transaction 6101, which is journaled as any other of the insurer's. */
export function decodeByTransaction(transact: Transact): InsuranceCodeService {
  return async (query, { client, requestId }) => {
    try {
      const { output } = await transact(DECODE, { InData: query }, { client, requestId });
      const node = (output as { OutData?: unknown } | null)?.OutData;
      return Array.isArray(node) ? node[0] : node;
    } catch (error) {
      throw meant(error);
    }
  };
}

/** The insurer's own words stay in the journal, found by the exchange: they may name the holder. */
function meant(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  const code = MEANINGS[error.code];
  if (code === undefined) return error;
  const { facts, pointer } = error.context;
  // A field of the configuration that the insurer's interface does not take.
  const detail = pointer === undefined ? {} : { detail: `${DECODE} ${pointer}` };
  return new Fault(code, { ...detail, ...(facts ? { facts } : {}) }, error);
}
