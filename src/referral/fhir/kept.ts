import { type Identifier, isObject, type Meta, type Resource } from './resource.ts';

/** The resources that a referral was posted with, references already pointing to where they are found here. */
export interface Kept {
  readonly serviceRequest?: Resource | undefined;
  readonly task?: Resource | undefined;
  readonly patient?: Resource | undefined;
  /** Whatever came with them; each is found as `<referral id>-<its place from 1>`. */
  readonly others: readonly Resource[];
}

export function keptPurpose(referralId: string): string {
  return `fhir ${referralId}`;
}

/**
 * A resource as it was posted, with what the gateway manages laid over it. What we have no place for comes back as it
 * was; identifiers of both are given.
 */
export function laidOver(posted: Resource | undefined, managed: Resource, own: readonly string[]): Resource {
  if (posted === undefined) return managed;
  const laid: Resource = { ...managed, ...posted, id: managed.id, meta: metaOver(posted.meta, managed.meta) };
  for (const member of own) {
    if (managed[member] === undefined) delete laid[member];
    else laid[member] = pointed(posted[member], managed[member]);
  }
  const identifier = union(posted.identifier, managed.identifier);
  if (identifier.length > 0) laid.identifier = identifier;
  // What is contained in ours belongs to members that the posted one has itself.
  const contained = posted.contained;
  if (contained === undefined) delete laid.contained;
  return referencedOnly(laid, managed);
}

/** What a posted reference says beside where it points, such as a name to show, is the sender's. */
function pointed(posted: unknown, managed: unknown): unknown {
  return isObject(posted) && isObject(managed) && 'reference' in managed
    ? { ...posted, ...managed }
    : managed;
}

function metaOver(posted: Meta | undefined, managed: Meta | undefined): Meta {
  return { ...managed, ...posted, versionId: managed?.versionId, lastUpdated: managed?.lastUpdated };
}

function union(posted: unknown, managed: unknown): Identifier[] {
  const first = Array.isArray(posted) ? (posted as Identifier[]) : [];
  const second = Array.isArray(managed) ? (managed as Identifier[]) : [];
  const known = new Set(first.map(({ system, value }) => `${system} ${value}`));
  return [...first, ...second.filter(({ system, value }) => !known.has(`${system} ${value}`))];
}

/** Contained resources of ours that the merged resource still points to. */
function referencedOnly(laid: Resource, managed: Resource): Resource {
  const ours = Array.isArray(managed.contained) ? (managed.contained as Resource[]) : [];
  const theirs = Array.isArray(laid.contained) ? (laid.contained as Resource[]) : [];
  const { contained: _contained, ...members } = laid;
  const text = JSON.stringify(members);
  const missing = ours.filter(
    ({ id }) => text.includes(`"#${id}"`) && !theirs.some((each) => each.id === id),
  );
  return missing.length === 0 ? laid : { ...laid, contained: [...theirs, ...missing] };
}
