/** The texts of a page: Chinese first, English second; `{name}` stands for a fact. */
export type Texts = Readonly<Record<string, readonly [zh: string, en: string]>>;
