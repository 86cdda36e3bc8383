import { hash } from 'node:crypto';
import tray from './tray.json' with { type: 'json' };

/** A made-up code of the sandbox, which only its virtual issuers know. */
export interface VirtualCode {
  readonly id: string;
  readonly kind: 'insurance-code' | 'health-code';
  readonly title: { readonly zh: string; readonly en: string };
  readonly code: string;
  /** Document number of the person in the virtual insurer's book. */
  readonly certno: string;
  readonly state: 'good' | 'expired';
}

/** The codes that can be shown in the sandbox. */
export const VIRTUAL_CODES = tray as readonly VirtualCode[];

export function virtualCode(kind: VirtualCode['kind'], code: string): VirtualCode | undefined {
  return VIRTUAL_CODES.find((each) => each.kind === kind && each.code === code);
}

/** The token a virtual insurer gives for a code: region, "ec" and 30 hex digits, as real ones look. */
export function tokenOf({ code }: VirtualCode): string {
  return `111111ec${hash('sha256', `sandbox ${code}`, 'hex').slice(0, 30)}`;
}

/** Whether a token was given for one of this person's codes. */
export function isTokenOf(token: string, certno: string): boolean {
  return VIRTUAL_CODES.some(
    (each) => each.kind === 'insurance-code' && each.certno === certno && tokenOf(each) === token,
  );
}
