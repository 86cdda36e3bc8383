import Type from 'typebox';

/** Bytes as base64. */
export function Base64(bytesMax: number) {
  return Type.String({
    pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
    maxLength: Math.ceil(bytesMax / 3) * 4,
  });
}

export const base64Of = (bytes: Buffer): string => bytes.toString('base64');
export const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64');
