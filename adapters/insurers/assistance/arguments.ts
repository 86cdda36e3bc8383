import { Fault } from '../../../src/errors.ts';
import type { Content } from '../nrcms/xml.ts';

/** The arguments of a method as a HIS gives them: in its order, texts or objects of texts. */
export function argumentsOf(input: unknown): (readonly [string, Content])[] {
  if (typeof input !== 'object' || input === null) throw new Fault('request.invalid', { pointer: '/input' });
  return Object.entries(input).map(([name, value]) => {
    if (typeof value === 'string') return [name, value] as const;
    const isFlat =
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((each) => typeof each === 'string');
    if (!isFlat) {
      const detail = '参数须为文本,或文本组成的对象 / an argument is a text, or an object of texts';
      throw new Fault('request.invalid', { pointer: `/input/${name}`, detail });
    }
    return [name, value as Record<string, string>] as const;
  });
}
