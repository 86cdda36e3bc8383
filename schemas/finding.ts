import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';

const Wording = Strict({ zh: Type.String(), en: Type.String() });

/**
 * What a person may find where the gateway could not, and what follows when they say so: shown before they are asked
 * for it, so that nobody decides without knowing.
 */
export function FindingOf<const F extends readonly string[], const S extends readonly string[]>(
  found: F,
  states: S,
) {
  return Strict({
    found: OneOf(found),
    to: OneOf(states, { description: '登记后的状态 / the state it leads to' }),
    means: Type.Object(Wording.properties, {
      description: '登记后会发生什么 / what follows when it is recorded',
    }),
    number: Type.Optional(
      OneOf(['must', 'may'], {
        description: '医保的编号:必填或可填 / the insurer’s number: needed, or may be given',
      }),
    ),
  });
}

/** A finding of a settlement, a stay or a filing. */
export interface Finding<F extends string, S extends string> {
  found: F;
  to: S;
  means: Static<typeof Wording>;
  number?: 'must' | 'may';
}
