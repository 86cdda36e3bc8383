import type { LibraryFunctionName } from './functions.ts';

interface Summary {
  readonly zh: string;
  readonly en: string;
}

/** What each function is for, in a word. */
export const summaries: Readonly<Record<LibraryFunctionName, Summary>> = {
  iReadCardBas: { zh: '读社保卡基本信息', en: 'read the card’s basic data' },
  iReadCardBas_HSM_Step1: {
    zh: '读基本信息,加密机认证第一步',
    en: 'basic data by encryption machine, step 1',
  },
  iReadCardBas_HSM_Step2: {
    zh: '读基本信息,加密机认证第二步',
    en: 'basic data by encryption machine, step 2',
  },
  iReadCard: { zh: '按文件地址读卡', en: 'read files by their addresses' },
  iReadCard_HSM_Step1: { zh: '读卡,加密机认证第一步', en: 'read files by encryption machine, step 1' },
  iReadCard_HSM_Step2: { zh: '读卡,加密机认证第二步', en: 'read files by encryption machine, step 2' },
  iWriteCard: { zh: '按文件地址写卡', en: 'write files by their addresses' },
  iWriteCard_HSM_Step1: { zh: '写卡,加密机认证第一步', en: 'write files by encryption machine, step 1' },
  iWriteCard_HSM_Step2: { zh: '写卡,加密机认证第二步', en: 'write files by encryption machine, step 2' },
  iVerifyPIN: { zh: '校验密码(在读卡器键盘上输入)', en: 'verify the PIN, typed on the reader' },
  iChangePIN: { zh: '修改密码(在读卡器键盘上输入)', en: 'change the PIN, typed on the reader' },
  iReloadPIN: { zh: '重置密码', en: 'reload the PIN' },
  iReloadPIN_HSM_Step1: {
    zh: '重置密码,加密机认证第一步',
    en: 'reload the PIN by encryption machine, step 1',
  },
  iReloadPIN_HSM_Step2: {
    zh: '重置密码,加密机认证第二步',
    en: 'reload the PIN by encryption machine, step 2',
  },
  iReloadPIN_HSM_Step3: {
    zh: '重置密码,加密机认证第三步',
    en: 'reload the PIN by encryption machine, step 3',
  },
  iUnblockPIN: { zh: '解锁密码', en: 'unblock the PIN' },
  iUnblockPIN_HSM_Step1: {
    zh: '解锁密码,加密机认证第一步',
    en: 'unblock the PIN by encryption machine, step 1',
  },
  iUnblockPIN_HSM_Step2: {
    zh: '解锁密码,加密机认证第二步',
    en: 'unblock the PIN by encryption machine, step 2',
  },
  iUnblockPIN_HSM_Step3: {
    zh: '解锁密码,加密机认证第三步',
    en: 'unblock the PIN by encryption machine, step 3',
  },
  iDoDebit: { zh: '电子钱包消费', en: 'debit the purse' },
  iDoDebit_HSM_Step1: { zh: '消费,加密机认证第一步', en: 'debit by encryption machine, step 1' },
  iDoDebit_HSM_Step2: { zh: '消费,加密机认证第二步', en: 'debit by encryption machine, step 2' },
  iReadDebitRecord: { zh: '读消费记录', en: 'read the purse’s log' },
  iReadIdentityCard: { zh: '读身份证', en: 'read a resident ID card' },
  iScan2DBarcode: { zh: '扫码', en: 'scan a code' },
  iGetReaderInfo: { zh: '读卡器信息', en: 'serial number and terminal number' },
};
