/** The catalogues of the national platform, by what stands in them; the transaction that brings each in brackets. */
export const CATALOGUE_KINDS = [
  /** 西药中成药 (1301) */
  'drugs',
  /** 中药饮片 (1302) */
  'herbs',
  /** 医疗机构制剂 (1303) */
  'preparations',
  /** 民族药品 (1304) */
  'ethnic-drugs',
  /** 医疗服务项目 (1305) */
  'services',
  /** 医用耗材 (1306) */
  'consumables',
  /** 疾病与诊断 (1307) */
  'diagnoses',
  /** 手术操作 (1308) */
  'operations',
  /** 门诊慢特病种 (1309) */
  'chronic-diseases',
  /** 按病种付费病种 (1310) */
  'disease-payments',
  /** 日间手术治疗病种 (1311) */
  'day-surgeries',
  /** 医保目录 (1312) */
  'insurance-items',
  /** 肿瘤形态学 (1313) */
  'tumour-morphologies',
  /** 中医疾病 (1314) */
  'chinese-diseases',
  /** 中医证候 (1315) */
  'chinese-syndromes',
  /** 医疗目录与医保目录匹配 (1316) */
  'insurance-matches',
  /** 医药机构目录匹配 (1317) */
  'institution-matches',
  /** 医保目录限价 (1318) */
  'price-limits',
  /** 医保目录先自付比例 (1319) */
  'self-pay-ratios',
  /** 中药配方颗粒 (1320) */
  'granules',
  /** 医疗服务项目,新版 (1321) */
  'new-services',
  /** 体外诊断试剂 (1322 to 1327) */
  'reagents',
  'reagent-certificate-links',
  'reagent-indicators',
  'reagent-codes',
  'reagent-certificates',
  'reagent-classes',
] as const;

export type CatalogueKind = (typeof CATALOGUE_KINDS)[number];
