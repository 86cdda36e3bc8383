/**
 * The messages of the XML service in front of an encryption machine. MSGNO 9013 computes what authenticates a card for
 * reading (HSM two-step of LD/T 33), 9011 the same for a key by its address.
 */
import { XMLBuilder } from 'fast-xml-parser';
import type {
  AuthenticationAnswer,
  AuthenticationRequest,
  KeyedAnswer,
  KeyedRequest,
} from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { type Fields, refusalOf } from './answer.ts';

const builder = new XMLBuilder();

export function authenticationXml(request: AuthenticationRequest): string {
  return builder.build({
    ROOT: {
      ...cardFields(request),
      SJS1: request.internalFactor,
      SJS2: request.internalSource,
      SJS3: request.externalFactor,
      SJS4: request.externalSource,
      MSGNO: '9013',
    },
  });
}

export function keyedXml(request: KeyedRequest): string {
  return builder.build({
    ROOT: {
      ...cardFields(request),
      KEYADD: request.keyAddress,
      KEYFAC: request.factor,
      ODATA: request.source,
      CARDINFO: `${request.cardId}|${request.cardNumber}|`,
      MSGNO: '9011',
    },
  });
}

function cardFields(request: AuthenticationRequest | KeyedRequest) {
  return {
    AAB301: request.region,
    AAZ507: request.resetInformation,
    AFLAG: request.algorithm,
    AAZ501: request.cardId,
  };
}

/** What was asked for must be there, and whole. Fault `encryption.refused`. */
export function authenticationAnswer(request: AuthenticationRequest, fields: Fields): AuthenticationAnswer {
  return {
    internal: request.internalFactor === '' ? '' : resultOf(fields, ['RESULT1']),
    external: request.externalFactor === '' ? '' : resultOf(fields, ['RESULT2']),
  };
}

/** Services call the one result of 9011 RESULT or RESULT1. Fault `encryption.refused`. */
export function keyedAnswer(fields: Fields): KeyedAnswer {
  return { external: resultOf(fields, ['RESULT', 'RESULT1']) };
}

/**
 * Sixteen bytes in hex. That they are there is what tells success: which RETCODE does, services see differently, but
 * none calls a success by a negative one.
 */
function resultOf(fields: Fields, names: readonly string[]): string {
  const value = names.map((name) => fields.get(name)).find((each) => each !== undefined && each !== '');
  if (fields.get('RETCODE')?.startsWith('-') || value === undefined) throw refusalOf(fields);
  if (!/^[0-9A-Fa-f]{32}$/.test(value)) {
    throw new Fault('encryption.refused', { detail: `${names[0]} is not 32 hex digits` });
  }
  return value.toUpperCase();
}
