import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';
import { Secret, Url } from './configuration-words.ts';

/** How the two sides of a link know each other; the same for every kind of link. */
export const protection = {
  /** The secret shared with the other side: whsec_ and base64. */
  secret: Secret,
  /** The secret before it, still good for their messages while it is being changed. */
  previousSecret: Type.Optional(Secret),
};

/** Their gateway is reached by its address, and reaches ours by ours. */
const HttpLinkConfiguration = Strict({ kind: Type.Literal('http'), url: Url, ...protection });

/** The way to another organisation, told apart by `kind`. */
export const LinkConfiguration = Type.Union([HttpLinkConfiguration]);

export type LinkConfiguration = Static<typeof LinkConfiguration>;
