import type { Level } from '../../../schemas/organisation.ts';
import { OURS } from './codes.ts';
import { concept, type Resource } from './resource.ts';

export interface KnownOrganisation {
  readonly code: string;
  readonly name: string;
  readonly level: Level;
}

const levels: Record<Level, string> = {
  village: '村卫生室',
  township: '乡镇卫生院、社区卫生服务中心',
  county: '县级医院',
  city: '市级医院',
  province: '省级医院',
};

export function organizationOf({ code, name, level }: KnownOrganisation): Resource {
  return {
    resourceType: 'Organization',
    id: code,
    meta: { versionId: '1' },
    identifier: [{ use: 'official', system: OURS.organisation, value: code }],
    active: true,
    type: [concept(OURS.level, level, levels[level])],
    name,
  };
}
