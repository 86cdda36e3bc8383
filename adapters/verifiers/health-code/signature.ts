import { hash } from 'node:crypto';

/** What is signed: scalars only, of `commonIn` and `req` together. */
export type Parameters = Readonly<Record<string, string | number>>;

/**
 * The signature of the health-card open platform: base64 of SHA-256 over `key=value&…` of all parameters that say
 * something, sorted by key, with the application's secret behind (public SDK of the platform, C#).
 */
export function signatureOf(parameters: Parameters, secret: string): string {
  const pairs = Object.keys(parameters)
    .sort()
    .filter((key) => String(parameters[key]).trim() !== '')
    .map((key) => `${key}=${parameters[key]}`);
  return hash('sha256', pairs.join('&') + secret, 'base64');
}
