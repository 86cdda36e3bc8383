import type { Call } from './call.ts';
import { isRecord, textOf } from './envelope.ts';
import { lookUp, type Profile } from './profile.ts';

/** A call of ours in the terms of the province: its number of the transaction, and its codes of med_type. */
export function localTerms(call: Call, { variants, medTypes }: Profile): Call {
  const infno = lookUp(variants, call.infno) ?? call.infno;
  if (Object.keys(medTypes).length === 0 || !isRecord(call.input)) return { ...call, infno };
  const input = Object.fromEntries(
    Object.entries(call.input).map(([name, node]) => {
      const medType = isRecord(node) ? lookUp(medTypes, textOf(node.med_type)) : undefined;
      return [name, isRecord(node) && medType !== undefined ? { ...node, med_type: medType } : node];
    }),
  );
  return { ...call, infno, input };
}

/** The insurance that an input names in one of its nodes. */
export function insutypeIn(input: unknown): string | undefined {
  if (!isRecord(input)) return undefined;
  const node = Object.values(input).find((inner) => isRecord(inner) && textOf(inner.insutype) !== '');
  return isRecord(node) ? textOf(node.insutype) : undefined;
}
