/** The texts of a page: Chinese first, English second; `{name}` stands for a fact. */
export type Texts = Readonly<Record<string, readonly [zh: string, en: string]>>;

/** The text of a word in the language chosen, its facts filled in. */
export type Say<Word extends string> = (
  word: Word,
  facts?: Readonly<Record<string, string | number>>,
) => string;
