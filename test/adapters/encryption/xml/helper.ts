import type { AuthenticationRequest, KeyedRequest } from '../../../../src/card/port.ts';

/** Step one of a card of generation 3, as a vendor's library put it out. */
export const request: AuthenticationRequest = {
  region: '510100',
  resetInformation: '0081544C968684510100035676',
  algorithm: '03',
  cardId: '510100D156000005F0348866E075C174',
  internalFactor: 'C49031D2A31E6A14',
  internalSource: '0102030405060708',
  externalFactor: '096D1FFE340D812F',
  externalSource: '0102030405060708',
};

export const keyedRequest: KeyedRequest = {
  region: '510100',
  resetInformation: '0081544C968684510100035676',
  algorithm: '03',
  cardId: '510100D156000005F0348866E075C174',
  cardNumber: 'X00000043',
  keyAddress: '00803F',
  factor: '096D1FFE340D812F',
  source: '0102030405060708',
};

/** An answer of an encryption machine in the field. */
export const RESULT1 = '98ABD5279E9CD3306183AFC81BE3C72E';
export const RESULT2 = '40B69F2C478028DC1594A8CC187E1FE9';
export const ANSWER =
  `<ROOT><RETCODE>0</RETCODE><RETTEXT>成功</RETTEXT><RESULT1>${RESULT1}</RESULT1>` +
  `<RESULT2>${RESULT2}</RESULT2></ROOT>`;
