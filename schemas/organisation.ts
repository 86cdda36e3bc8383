import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';

/** From the village clinic to the provincial hospital. */
export const LEVELS = ['village', 'township', 'county', 'city', 'province'] as const;
export type Level = (typeof LEVELS)[number];

/** 上转, 下转, and between equals. */
export const DIRECTIONS = ['up', 'down', 'across'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const OrganisationCode = Type.String({
  pattern: '^[A-Za-z0-9]{4,30}$',
  description: '机构编码 / organisation code',
});

/** An organisation as an answer names it. */
export const Organisation = Strict({ code: OrganisationCode, name: Type.String({ maxLength: 70 }) });

export type Organisation = Static<typeof Organisation>;

export const DirectionSchema = OneOf(DIRECTIONS, { description: '上转、下转、平转 / up, down, across' });
