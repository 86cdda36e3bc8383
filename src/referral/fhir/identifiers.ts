import type { Vault } from '../../access/vault.ts';

/** The keyed hash under which a resource is found by its business identifier; each type has its own. */
export function identifierHash(vault: Vault, type: string, system: string, value: string): string {
  return vault.fingerprint('fhir identifier', `${type} ${system}|${value}`);
}
