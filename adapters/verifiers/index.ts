import type { Configuration } from '../../schemas/configuration.ts';
import type { Secret } from '../../schemas/configuration-words.ts';
import type { CodeVerifier } from '../../src/card/port.ts';
import type { Clock, Ids } from '../../src/clock.ts';
import { EC_QUERY_CODE_FIELD, ecQuery } from './ec-query.ts';
import { healthCodePlatform } from './health-code/platform.ts';
import { insuranceCodeVerifier } from './insurance-code.ts';
import { decodeByTransaction, TRANSACTION_CODE_FIELD, type Transact } from './transaction.ts';

/** For institutions to which the bureau has given no numbers of desks and clerks. */
const OFFICE = { id: '01', name: '挂号收费处' };
const OPERATOR = { no: '001', name: '收费员' };

export interface VerifierParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly healthCodeSecret: (secret: Secret) => string;
  /** Any transaction of an insurer that moves no money, as the settlement side makes and journals it. */
  readonly transact: (insurer: string, ...call: Parameters<Transact>) => ReturnType<Transact>;
}

/** A verifier that may hold connections and can let go of them. */
type Verifier = CodeVerifier & { close(): Promise<void> };

/** Who says whose code it is, for the kinds that are configured. Opens nothing yet. */
export function codeVerifiersOf(configuration: Configuration, parts: VerifierParts): Verifier[] {
  const verifiers = [insuranceCodes(configuration, parts), healthCodes(configuration, parts)];
  return verifiers.filter((verifier) => verifier !== undefined);
}

function insuranceCodes(
  { cards: { insuranceCode }, insurers }: Configuration,
  { transact }: VerifierParts,
): Verifier | undefined {
  if (insuranceCode === undefined) return undefined;
  const { office = OFFICE, codeField } = insuranceCode;
  if (insuranceCode.kind === 'ec-query') {
    const { url, orgId, operator = OPERATOR } = insuranceCode;
    const service = ecQuery(url);
    const at = { orgId, operator, office, codeField: codeField ?? EC_QUERY_CODE_FIELD };
    return { ...insuranceCodeVerifier(service.decode, at), close: () => service.close() };
  }
  const insurer = insurers.find(({ id }) => id === insuranceCode.insurer);
  if (insurer?.adapter !== 'nhsa') throw new Error(`no insurer ${insuranceCode.insurer}`);
  const { id, fixmedinsCode: orgId, operator } = insurer;
  const decode = decodeByTransaction((...call) => transact(id, ...call));
  const at = { orgId, operator, office, codeField: codeField ?? TRANSACTION_CODE_FIELD };
  return { ...insuranceCodeVerifier(decode, at), close: async () => {} };
}

function healthCodes(
  { cards: { healthCode }, organisation }: Configuration,
  { clock, ids, healthCodeSecret }: VerifierParts,
): Verifier | undefined {
  if (healthCode === undefined) return undefined;
  const secret = healthCode.secret && healthCodeSecret(healthCode.secret);
  return healthCodePlatform({ configuration: healthCode, secret, hospital: organisation, clock, ids });
}
