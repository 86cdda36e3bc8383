import { Fault } from '../../src/errors.ts';
import type { InsuranceCodeService } from './insurance-code.ts';
import { answerOf, JsonPost, objectOf } from './json-post.ts';

/** Where the code goes in `data`, as the provinces' decoding transaction 1162 names it. */
export const EC_QUERY_CODE_FIELD = 'ecQrCode';

/** The local decoding service of 医保电子凭证 (国家医保电子凭证中台), as one calls it. */
export interface EcQuery {
  readonly decode: InsuranceCodeService;
  close(): Promise<void>;
}

/**
 * ec.query over HTTP: `{data, orgId, transType}` to `{code, data, message}`, whose `data` is an object or its JSON text.
 * Faults: `code.refused` for a code other than 0, which stands in facts.answer; `code.unreachable`.
 */
export function ecQuery(url: string): EcQuery {
  const service = new JsonPost(url);
  return {
    async decode(query, { signal }) {
      const request = { data: query, orgId: query.orgId, transType: 'ec.query' };
      const { code, data } = await service.post('', request, signal);
      if (code !== 0 && code !== '0') throw new Fault('code.refused', { facts: { answer: answerOf(code) } });
      return objectOf(data);
    },
    close: () => service.close(),
  };
}
