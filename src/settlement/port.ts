/** What the settlement side asks of an insurer, and the words it is asked in. */
export * from './bill.ts';
export * from './catalogue.ts';
export * from './files.ts';
export * from './filing.ts';
export * from './insurer.ts';
export * from './referrals.ts';
export * from './statement.ts';
export * from './stay.ts';
export * from './visit-counts.ts';
export * from './wire.ts';
