import type { Identity } from '../../schemas/identity.ts';
import type { CodeContext, CodeVerifier } from '../../src/card/port.ts';
import { Fault } from '../../src/errors.ts';

/** Documents by the codes of psn_cert_type; any other is told as such. */
const DOCUMENTS: ReadonlyMap<string, Identity['documentType']> = new Map([
  ['01', 'resident-id'],
  ['07', 'foreigner-permit'],
  ['08', 'passport'],
  ['16', 'passport'],
  ['17', 'residence-permit'],
]);

/** An ecToken as an identity takes it. */
const TOKEN = /^[\x21-\x7e]{1,64}$/;

/**
 * What decodes 医保电子凭证: transaction 6101 of an insurer, or the ec.query service. Takes the fields both ask for
 * (orgId, businessType, operatorId, operatorName, officeId, officeName, and the code) and answers the decoded record as
 * it came. Faults: as those of `CodeVerifier`.
 */
export type InsuranceCodeService = (
  query: Readonly<Record<string, string>>,
  context: CodeContext,
) => Promise<unknown>;

/** Who shows a code to the insurer, and where. */
export interface CodeOffice {
  /** 定点医药机构编号. */
  readonly orgId: string;
  readonly operator: { readonly no: string; readonly name: string };
  readonly office: { readonly id: string; readonly name: string };
  /** The field that takes the code. */
  readonly codeField: string;
}

/**
 * Has a 医保电子凭证 decoded and reads the answer: userName, idNo, idType, ecToken, and gender and birthday where they
 * are told (transaction 6101; ec.query has the same fields). Faults: those of the service; `code.refused` for a record
 * without name, number or token, or that belongs to another code.
 */
export function insuranceCodeVerifier(service: InsuranceCodeService, at: CodeOffice): CodeVerifier {
  return {
    kind: 'insurance-code',
    async verify(code, context) {
      const query = {
        orgId: at.orgId,
        businessType: context.businessType,
        operatorId: at.operator.no,
        operatorName: at.operator.name,
        officeId: at.office.id,
        officeName: at.office.name,
        [at.codeField]: code,
      };
      const record = fieldsOf(await service(query, context));
      const text = (field: string) => (typeof record[field] === 'string' ? record[field].trim() : '');
      // A component that scans by itself may have looked at another phone.
      const answered = text('ecQrCode');
      if (answered !== '' && answered !== code) throw unusable('the answer belongs to another code');
      const token = text('ecToken');
      if (!TOKEN.test(token)) throw unusable('the answer has no ecToken');
      return {
        verifiedBy: 'insurer',
        insuranceCodeToken: token,
        holder: {
          documentType: DOCUMENTS.get(text('idType')) ?? 'other',
          number: text('idNo'),
          name: text('userName'),
          sex: text('gender'),
          birthDate: text('birthday'),
        },
      };
    },
  };
}

function unusable(detail: string): Fault {
  return new Fault('code.refused', { detail });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
