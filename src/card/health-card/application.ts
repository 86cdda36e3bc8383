/** What a resident health card (居民健康卡, 2012) tells. Texts are free of padding; absent items are empty. */
export interface HealthCard {
  /** 卡号. */
  readonly cardNumber: string;
  /** 规范版本. */
  readonly version: string;
  /** 卡的类别. */
  readonly category: string;
  /** 发卡机构名称. */
  readonly issuer: string;
  readonly issuerCode: string;
  /** yyyymmdd. */
  readonly issuedOn: string;
  readonly validTo: string;
  /** The person, or `blank` on a card that names nobody. */
  readonly holder: HealthCardHolder | 'blank';
  /** 健康档案编号. */
  readonly archiveNumber: string;
  /** 新农合证号. */
  readonly nrcmsNumber: string;
  /** ABO 血型. */
  readonly bloodGroup: string;
  readonly rhesus: string;
  /** Whether the card was authenticated by a PSAM. */
  readonly authenticated: boolean;
}

export interface HealthCardHolder {
  /** 居民身份证号. */
  readonly number: string;
  readonly name: string;
  readonly sex: string;
  readonly nation: string;
  /** yyyymmdd. */
  readonly birthDate: string;
}
