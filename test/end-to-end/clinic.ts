import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { yuanOf } from '../../src/money.ts';
import { NOTHING_TO_UNDO } from '../../src/sandbox/insurer/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';

/** How the clinic signs at the virtual platform. */
export const CLINIC_SIGNING = { kind: 'csb', accessKey: 'crash', secret: 'crash-secret' } as const;

/** The virtual national platform as a payer in the configuration, with the shortest time-out there is. */
export function nationalInsurer(url: string): string {
  const { accessKey } = CLINIC_SIGNING;
  return `[[insurers]]
id = "nhsa"
adapter = "nhsa"
url = "${url}"
fixmedinsCode = "H11111100001"
fixmedinsName = "示例卫生院"
mdtrtareaAdmvs = "111111"
recerSysCode = "FSI"
infver = "V1.0"
operator = { no = "001", name = "收费员" }
signing = { kind = "csb", accessKey = "${accessKey}", secret = { file = "insurer-secret" }, apiVersion = "1.0.0" }
timeoutMs = 1000
nothingToUndo = ${JSON.stringify(Object.values(NOTHING_TO_UNDO))}
`;
}

/** The file of the store in a clinic's folder. */
export const STORE_FILE = 'gateway.db';

/** A clinic's gateway as an administrator would configure it, in a folder of its own. */
export function configurationFile(
  folder: string,
  insurers: readonly string[],
  port: number,
  keyHash: string,
): string {
  writeFileSync(join(folder, 'data-key'), randomBytes(32).toString('hex'));
  writeFileSync(join(folder, 'insurer-secret'), CLINIC_SIGNING.secret);
  const file = join(folder, 'yikatong.toml');
  writeFileSync(
    file,
    `[gateway]
id = "mortal"
port = ${port}
requestsPerMinuteMax = 100000
[log]
level = "error"
[store]
kind = "sqlite"
file = "${join(folder, STORE_FILE)}"
[dataKey]
file = "${join(folder, 'data-key')}"
[[clients]]
id = "his"
keyHash = "${keyHash}"
scopes = ["settlement:read", "settlement:write", "audit:read"]
${insurers.join('').replaceAll('"insurer-secret"', JSON.stringify(join(folder, 'insurer-secret')))}`,
  );
  return file;
}

/** A bill of the sample person for some tablets; paid without the account, so that no bill changes another's split. */
export function billOf(
  number: string,
  tablets: number,
  { insurers = ['nhsa'], priceFen = 187 }: { insurers?: readonly string[]; priceFen?: number } = {},
) {
  const amount = yuanOf(tablets * priceFen);
  const line = {
    line: '1',
    nationalCode: 'XJ01CAA040E001010100001',
    localCode: 'A0001',
    name: '阿莫西林胶囊',
  };
  return {
    insurers,
    identity: { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
    visit: {
      ...{ billNumber: number, number: `V${number}`, medType: '11', startedAt: new Date().toISOString() },
      ...{ departmentCode: '0201', departmentName: '全科医疗科', departmentClass: 'A02' },
      ...{ doctorCode: 'D111111000001', doctorName: '示例医师' },
    },
    diagnoses: [{ code: 'J06.900', name: '急性上呼吸道感染' }],
    charges: [{ ...line, count: String(tablets), price: yuanOf(priceFen), amount }],
    total: amount,
    useAccount: false,
  };
}
