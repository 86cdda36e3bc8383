import type { CodeContext, CodeScanner, CodeVerifier, VerifiedCode } from '../../src/card/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';

/** A window before which a test holds a code. */
export class CodeInWindow implements CodeScanner {
  code: string | undefined;

  async next(): Promise<string | undefined> {
    const { code } = this;
    this.code = undefined;
    return code;
  }
}

/** An issuer that says what a test has it say, when the test lets it. */
export class IssuerInTest implements CodeVerifier {
  readonly kind;
  readonly asked: { code: string; context: CodeContext }[] = [];
  answer: () => Promise<VerifiedCode>;

  constructor(kind: CodeVerifier['kind'], answer: Partial<VerifiedCode> = {}) {
    this.kind = kind;
    const verified = { ...sampleAnswer, ...answer };
    this.answer = async () => verified;
  }

  verify(code: string, context: CodeContext): Promise<VerifiedCode> {
    this.asked.push({ code, context });
    return this.answer();
  }
}

/** The sample person as an insurer names him. */
export const sampleAnswer: VerifiedCode = {
  verifiedBy: 'insurer',
  holder: {
    documentType: 'resident-id',
    number: SAMPLE_NUMBER,
    name: SAMPLE_NAME,
    sex: '男',
    birthDate: '1981.01.01',
  },
};
