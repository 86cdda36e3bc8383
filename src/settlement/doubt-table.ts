import { NATIONAL } from './doubt-national.ts';
import { ASSISTANCE, GUIZHOU, JIANGSU, PHONE, PURSE } from './doubt-others.ts';
import type { DoubtTable } from './doubt-rows.ts';

/** Every insurer's table, in the order of the page. */
export const DOUBT_TABLES: readonly DoubtTable[] = [NATIONAL, PHONE, GUIZHOU, JIANGSU, ASSISTANCE, PURSE];
