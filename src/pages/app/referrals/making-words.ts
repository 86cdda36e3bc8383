import type { Texts } from '../words/texts.ts';

/** Making a referral. */
export const makingWords = {
  'making.new': ['新的转诊', 'New referral'],
  'making.green': ['急诊绿色通道', 'Emergency channel'],
  'making.onward': ['继续上转', 'Refer onward'],
  'making.return': ['回转', 'Return the patient'],
  goOn: ['{what}(继续填写)', '{what} (go on)'],
  discard: ['放弃', 'Discard'],
  layCard: ['请放卡,或录入证件号码', 'Lay the card down, or type the number'],
  typePerson: ['录入证件号码和姓名', 'Type the number and the name'],
  unnamed: ['卡里读不出持卡人,请录入证件号码', 'The card does not say who it is: type the number'],
  name: ['姓名', 'Name'],
  takePerson: ['确定', 'Take it'],
  otherPerson: ['换人', 'Somebody else'],
  receiver: ['接收机构', 'Receiver'],
  patientPhone: ['患者联系电话', 'Patient’s telephone'],
  retro: ['补录:事后登记,不提醒对方', 'Entered after the fact: alerts nobody'],
  occurredAt: ['实际转诊时间', 'When it really was'],
  sendIt: ['发出转诊', 'Send the referral'],
  greenHint: [
    '放卡后按下病种就发出;病史可在 15 分钟内补充,知情同意在 24 小时内补交',
    'With the card on the reader, the press that says what it is sends it; the history can be amended within 15 minutes, the consent handed in within 24 hours',
  ],
  'centre.chestPain': ['胸痛', 'Chest pain'],
  'centre.stroke': ['卒中', 'Stroke'],
  'centre.trauma': ['创伤', 'Trauma'],
  'centre.maternal': ['危重孕产妇', 'Critical mother'],
  'centre.neonatal': ['危重新生儿', 'Critical newborn'],
  otherEmergency: ['其他急诊(按初步印象)', 'Other (by the impression)'],
  emergencyDepartment: ['急诊科', 'Emergency department'],
  historyFollows: ['急诊转运,病史随后补充', 'Emergency transfer, the history follows'],
} as const satisfies Texts;
