import { Fault } from '../../errors.ts';
import type { AuthenticationAnswer, AuthenticationRequest } from '../port.ts';
import { fieldsOf } from './bas-string.ts';
import { RET } from './return-codes.ts';

/** The output of iReadCardBas_HSM_Step1 (LD/T 33 5.2): eight fields, the last two empty on cards that read freely. */
export function stepOneString(request: AuthenticationRequest): string {
  return [
    request.region,
    request.resetInformation,
    request.algorithm,
    request.cardId,
    request.internalFactor,
    request.internalSource,
    request.externalFactor,
    request.externalSource,
  ]
    .map((field) => `${field}|`)
    .join('');
}

/**
 * The pKey of iReadCardBas_HSM_Step2: the two results of the encryption machine, the second empty where there is no
 * external authentication. Fault `request.invalid` with the return code −23.
 */
export function machineAnswerOf(pKey: string): AuthenticationAnswer {
  const [internal = '', external = '', ...more] = fieldsOf(pKey.toUpperCase());
  if (more.length > 0 || !/^[0-9A-F]{32}$/.test(internal) || !/^([0-9A-F]{32})?$/.test(external)) {
    throw new Fault('request.invalid', { pointer: '/body/pKey', facts: { ret: RET.invalidData } });
  }
  return { internal, external };
}
