import fixture from './fixture.json' with { type: 'json' };

interface PublicFixture {
  readonly appId: string;
  readonly appSecret: string;
  readonly expectedDerivedSm4KeyHexUpperAscii: string;
  readonly samples: readonly {
    readonly name: string;
    readonly payload: Readonly<Record<string, unknown>>;
    readonly expectedSignString: string;
    readonly expectedCleanedDataJson: string;
    readonly expectedEncData: string;
  }[];
  readonly sm2OpensslCrossFixture: {
    readonly message: string;
    readonly privateKeyHex: string;
    readonly publicKeyHex130: string;
    readonly opensslSignatureRsHex: string;
  };
}

/** A public differential fixture; where it comes from and why it is wrapped stands in fixture.json. */
export const published: PublicFixture = JSON.parse(Buffer.from(fixture.base64, 'base64').toString('utf8'));
