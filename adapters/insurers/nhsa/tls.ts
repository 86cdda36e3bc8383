import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** PEM texts: whom to believe instead of the usual authorities, and our own certificate with its key. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** What connections are made with. Throws at once where they are no PEM or don't belong together. */
export function secureContextOf({ ca, certificate, key }: TlsFiles, place: string): SecureContext {
  if ((certificate === undefined) !== (key === undefined)) {
    throw new Error(`${place}: certificate 和 key 须同时给出 / certificate and key go together`);
  }
  try {
    // A text without a certificate would pass for an authority that vouches for nobody.
    if (ca !== undefined) new X509Certificate(ca);
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (error) {
    // Its code alone: a message may quote the file.
    const { code = 'PEM' } = error as NodeJS.ErrnoException;
    throw new Error(`${place}: 证书或私钥无法使用 / a certificate or key cannot be used (${code})`);
  }
}
