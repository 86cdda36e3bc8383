import t from 'tap';
import {
  GUIDE_TABLES,
  participant,
  REFERRAL_APPOINTMENT,
} from '../../../../src/referral/forms/sichuan/codes.ts';

t.test('the tables are those of the guide, each system and each code once', async (t) => {
  t.equal(new Set(GUIDE_TABLES.map(({ system }) => system)).size, GUIDE_TABLES.length);
  for (const { system, name, values } of GUIDE_TABLES) {
    t.match(system, /^http:\/\/CodeSystem\.hl7fhir\.cn\//, name);
    const codes = Object.values(values).map(({ code }) => code);
    t.equal(new Set(codes).size, codes.length, name);
  }
});

t.test('a message shows them as the guide’s examples do', async (t) => {
  t.same(participant('patient').coding, [
    { system: 'http://CodeSystem.hl7fhir.cn/encounter-participant-type', code: '06', display: '患者' },
  ]);
  t.same(REFERRAL_APPOINTMENT, {
    coding: [{ system: 'http://CodeSystem.hl7fhir.cn/service-type', code: '03' }],
    text: '转诊预约',
  });
});
