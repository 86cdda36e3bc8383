import { applyPatch, type Operation, Pointer } from 'rfc6902';
import Type from 'typebox';
import { Strict } from '../../../schemas/common.ts';
import { Fault } from '../../errors.ts';
import { nestsTooDeep } from '../../http/nesting.ts';
import { checked } from './pack.ts';
import type { Resource } from './resource.ts';

/** More steps than a change of status, reason, notes and output takes. */
const STEPS_MAX = 100;

/** A task of ours is far below this; copies could let it grow without end. */
const LENGTH_MAX = 1_048_576;

const path = Type.String({ maxLength: 200, pattern: '^(/[^/]*)*$', description: 'JSON Pointer' });

/** A JSON Patch (RFC 6902). */
export const JsonPatch = Type.Array(
  Type.Union([
    Strict({ op: Type.Enum(['add', 'replace', 'test']), path, value: Type.Unknown() }),
    Strict({ op: Type.Literal('remove'), path }),
    Strict({ op: Type.Enum(['move', 'copy']), path, from: path }),
  ]),
  { maxItems: STEPS_MAX },
);

/** Names that the library steps over, so that they would stand for what holds them. */
const SKIPPED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Whether a pointer leads out of the resource: what objects, lists and texts inherit belongs to all of them, whoever
 * they are of, and the length of a list is no element.
 */
function leadsOut(resource: Resource, pointer: string): boolean {
  let found: unknown = resource;
  return Pointer.fromJSON(pointer)
    .tokens.slice(1)
    .some((name) => {
      const holder = Object(found) as Record<string, unknown>;
      const isOwn = Object.prototype.propertyIsEnumerable.call(holder, name);
      found = holder[name];
      return SKIPPED.has(name) || (name in holder && !isOwn);
    });
}

/** Does one step; answers why it can't be done. Of a step into a text the library throws what JavaScript does. */
function failureIn(resource: Resource, step: Operation): Error | null {
  try {
    return applyPatch(resource, [step])[0] ?? null;
  } catch (error) {
    return error as Error;
  }
}

/** A resource after a patch. Throws Fault fhir.resource where a step fails: then none of it was done. */
export function patched(resource: Resource, patch: readonly Operation[]): Resource {
  const copy = structuredClone(resource);
  for (const [index, step] of patch.entries()) {
    if (leadsOut(copy, step.path) || ('from' in step && leadsOut(copy, step.from)))
      throw new Fault('fhir.resource', { pointer: `/body/${index}`, detail: 'no element of a resource' });
    const error = failureIn(copy, step);
    if (error) throw new Fault('fhir.resource', { pointer: `/body/${index}`, detail: error.name });
    if ('from' in step && (nestsTooDeep(copy) || JSON.stringify(copy).length > LENGTH_MAX))
      throw new Fault('fhir.resource', { pointer: `/body/${index}`, detail: 'grows too long or too deep' });
  }
  const { resourceType, id } = checked(copy, '/body');
  if (resourceType !== resource.resourceType || id !== resource.id)
    throw new Fault('fhir.resource', { pointer: '/body', detail: 'resourceType and id stay as they are' });
  return copy;
}
