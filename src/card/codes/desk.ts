import type { CodeRequest, ReadingRequest } from '../../../schemas/reading.ts';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { Content, ToldCode } from '../model.ts';
import { refuse, statedDifferences } from '../one-identity.ts';
import type { CardRules } from '../policy.ts';
import type { CodeVerifier } from '../port.ts';
import { type Timers, within } from '../timers.ts';
import { contentOfCode, contentOfTyped } from './content.ts';
import { recognise } from './recognise.ts';

/** A clerk and a patient stand and wait; the holder's phone renews its code after a minute anyway. */
const VERIFICATION_LIMIT_MS = 15_000;

/** Registering a patient (挂号), unless the caller says what the code is shown for. */
const BUSINESS_TYPE_DEFAULT = '01101';

export interface CodeDeskParts {
  /** Who knows whose code it is. */
  readonly verifiers: readonly CodeVerifier[];
  readonly rules: Pick<CardRules, 'typed'>;
  readonly timers: Timers;
}

/** Turns codes and typed numbers into what a reading holds, by asking the issuer where only he knows. */
export class CodeDesk {
  readonly #parts: CodeDeskParts;

  constructor(parts: CodeDeskParts) {
    this.#parts = parts;
  }

  /**
   * A code from a scanner, which may see any code there is: only one with the form of its kind goes to the issuer.
   * Faults: `code.unknown`, `code.unsupported` without a verifier for this kind, and those of the verifier.
   */
  async scanned(
    told: ToldCode,
    request: Pick<ReadingRequest, 'businessType'>,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<Content> {
    const recognised = recognise(told.code);
    if (recognised.kind !== told.kind) throw new Fault('code.unknown');
    return this.#verified(
      { kind: told.kind, code: recognised.code },
      request.businessType,
      caller,
      cancelled,
    );
  }

  /**
   * What a caller typed or scanned himself. Faults: as `scanned`, `code.number`, `code.typed-refused`,
   * `request.invalid` for a number without a name, and `identity.differs` where the issuer names another person than
   * the caller.
   */
  async taken(request: CodeRequest, caller: Caller, cancelled?: AbortSignal): Promise<Content> {
    const { code, businessType, ...given } = request;
    const recognised = recognise(code);
    switch (recognised.kind) {
      case 'insurance-code':
      case 'health-code': {
        const content = await this.#verified(recognised, businessType, caller, cancelled);
        refuse(statedDifferences(given, content.identity));
        return content;
      }
      case 'document-number':
      case 'card-number':
        if (this.#parts.rules.typed === 'refuse') throw new Fault('code.typed-refused');
        return contentOfTyped(recognised, given);
      case 'wrong-number':
        throw new Fault('code.number', AT_CODE);
      case 'card-id':
        throw new Fault('code.unknown', {
          ...AT_CODE,
          detail:
            '卡识别码不能代表持卡人,请录入证件号码 / this names a card and not a person: type the document number',
        });
      case 'unknown':
        throw new Fault('code.unknown', AT_CODE);
    }
  }

  async #verified(
    { kind, code }: ToldCode,
    businessType = BUSINESS_TYPE_DEFAULT,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<Content> {
    const verifier = this.#parts.verifiers.find((each) => each.kind === kind);
    if (!verifier) throw new Fault('code.unsupported', { facts: { kind } });
    const ended = new AbortController();
    const signal = cancelled ? AbortSignal.any([ended.signal, cancelled]) : ended.signal;
    try {
      const verified = await within(
        this.#parts.timers,
        VERIFICATION_LIMIT_MS,
        verifier.verify(code, { ...caller, businessType, signal }),
        () => new Fault('code.unreachable', { detail: 'no answer in time' }),
      );
      return contentOfCode(kind, verified);
    } finally {
      ended.abort();
    }
  }
}

const AT_CODE = { pointer: '/body/code' };
