import { isObject } from './resource.ts';

/** Small looks into resources of unknown shape; each answers undefined where the thing isn't there or isn't that. */

export function textAt(value: unknown, ...path: (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found.trim() !== '' ? found : undefined;
}

export function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[step as number];
    else if (isObject(found)) found = found[step];
    else return undefined;
  }
  return found;
}

export function listAt(value: unknown, ...path: (string | number)[]): Record<string, unknown>[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** What a CodeableConcept says in words. */
export function wordsOf(concept: unknown): string | undefined {
  return (
    textAt(concept, 'text') ??
    listAt(concept, 'coding')
      .map((coding) => textAt(coding, 'display'))
      .find((each) => each !== undefined)
  );
}

/** The code that one of several CodeableConcepts has in a system. */
export function codeIn(concepts: readonly unknown[], system: string): string | undefined {
  for (const concept of concepts) {
    for (const coding of listAt(concept, 'coding')) {
      if (coding.system === system) return textAt(coding, 'code');
    }
  }
  return undefined;
}

/** A person's name: as it is written, or put together, in Chinese without a space. */
export function nameOf(names: readonly unknown[]): string | undefined {
  const [name] = names;
  const written = textAt(name, 'text');
  if (written !== undefined) return written;
  const given = at(name, 'given');
  const givens = Array.isArray(given) ? given.filter((each) => typeof each === 'string') : [];
  const family = textAt(name, 'family') ?? '';
  const whole = `${family}${givens.join('')}`;
  if (/^\p{Script=Han}+$/u.test(whole)) return whole;
  return [...givens, family].join(' ').trim() || undefined;
}
