import type { DocumentKind } from '../../schemas/reading.ts';
import { Fault } from '../errors.ts';
import type { Told } from './port.ts';

/** 28 digits are an insurance code; anything else is taken for the other kind that is accepted. */
export function toldOfCode(code: string, accept: readonly DocumentKind[]): Told {
  const insurance = /^\d{28}$/.test(code);
  const kind = insurance ? 'insurance-code' : 'health-code';
  if (!accept.includes(kind)) throw new Fault('code.unknown');
  return { kind, code };
}
