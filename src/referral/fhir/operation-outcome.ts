import type { ErrorKind, Fault } from '../../errors.ts';
import { OURS } from './codes.ts';
import type { Resource } from './resource.ts';

/** Codes of issue-type (http://hl7.org/fhir/issue-type) by status. */
const issueTypes: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-supported',
  406: 'not-supported',
  408: 'timeout',
  409: 'conflict',
  410: 'deleted',
  412: 'conflict',
  413: 'too-long',
  415: 'not-supported',
  422: 'processing',
  424: 'exception',
  428: 'required',
  429: 'throttled',
  502: 'exception',
  503: 'transient',
  504: 'timeout',
};

/** What went wrong, by status, in the words that NHS BaRS puts behind the place. */
const words: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  412: 'CONFLICT',
  422: 'UNPROCESSABLE_ENTITY',
  429: 'TOO_MANY_REQUESTS',
  503: 'UNAVAILABLE',
};

/**
 * Whose it is, so that a clinic knows whom to call: SEND_ the sender's, PROXY_ this gateway's, REC_ the receiver's.
 * Where a message is processed, this gateway is the receiver.
 */
export function placeOf({ place, status }: ErrorKind, receiving: boolean): string {
  const word = words[status] ?? (status < 500 ? 'BAD_REQUEST' : 'SERVER_ERROR');
  if (receiving || place === 'peer') return `REC_${word}`;
  return `${place === 'gateway' ? 'PROXY' : 'SEND'}_${word}`;
}

/** A failure as FHIR tells it. */
export function operationOutcomeOf(
  fault: Fault,
  { english = false, receiving = false }: { english?: boolean; receiving?: boolean } = {},
): Resource {
  const { kind, code, context } = fault;
  const [what, next] = english ? kind.en : kind.zh;
  const facts = Object.entries(context.facts ?? {}).map(([name, value]) => `${name}=${value}`);
  const told = [context.detail, ...facts, next].filter((each) => each !== undefined);
  return {
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: kind.status >= 500 ? 'fatal' : 'error',
        code: issueTypeOf(code, kind.status),
        details: {
          coding: [
            { system: OURS.problem, code },
            { system: OURS.place, code: placeOf(kind, receiving) },
          ],
          text: what,
        },
        diagnostics: told.join('; '),
        ...(context.pointer === undefined ? {} : { expression: [expressionOf(context.pointer)] }),
      },
    ],
  };
}

/** FHIRPath for a place of the request that we know by its JSON pointer: /body/entry/0/resource → entry[0].resource. */
function expressionOf(pointer: string): string {
  const [part, ...path] = pointer.split('/').slice(1);
  const steps = (part === 'body' ? path : [`http.${part}`, ...path]).map((step) =>
    /^[0-9]+$/.test(step) ? `[${step}]` : `.${step.replaceAll('~1', '/').replaceAll('~0', '~')}`,
  );
  return steps.join('').replace(/^\./, '') || '$this';
}

function issueTypeOf(code: string, status: number): string {
  if (code === 'referral.transition') return 'business-rule';
  if (code === 'fhir.too-many-entries') return 'too-costly';
  return issueTypes[status] ?? 'exception';
}
