import { Fault } from '../../../src/errors.ts';
import type { Content } from '../nrcms/xml.ts';

const NAME = /^[A-Za-z_][\w.-]{0,59}$/;
const DEPTH_MAX = 8;
const ELEMENTS_MAX = 20_000;

/**
 * The body of an operation as a HIS gave it: an object becomes an element with children, a list an element for each of
 * its items. Fault `request.invalid` for names that no element can have and for what is too deep or too long.
 */
export function contentOf(input: unknown): { [name: string]: Content } {
  let elements = 0;
  const convert = (value: unknown, pointer: string, depth: number): Content => {
    elements += 1;
    if (depth > DEPTH_MAX || elements > ELEMENTS_MAX) throw invalid(pointer, 'too deep or too long');
    if (value === null || value === undefined) return '';
    if (Array.isArray(value))
      return value.map((item, index) => convert(item, `${pointer}/${index}`, depth + 1));
    if (typeof value !== 'object') return String(value);
    return children(value, pointer, depth);
  };
  const children = (value: object, pointer: string, depth: number) =>
    Object.fromEntries(
      Object.entries(value).map(([name, inner]) => {
        if (!NAME.test(name)) throw invalid(pointer, 'not a field name');
        return [name, convert(inner, `${pointer}/${name}`, depth + 1)];
      }),
    );
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid('/input', 'an object');
  return children(input, '/input', 0);
}

function invalid(pointer: string, detail: string): Fault {
  return new Fault('request.invalid', { pointer, detail });
}
