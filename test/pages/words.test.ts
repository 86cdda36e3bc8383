import t from 'tap';
import { en } from '../../src/pages/app/words/en.ts';
import { zh } from '../../src/pages/app/words/zh.ts';

t.test('every text is there in both languages, with the same facts in it', async (t) => {
  t.strictSame(Object.keys(en).sort(), Object.keys(zh).sort());
  for (const [key, text] of Object.entries(zh)) {
    const other = en[key as keyof typeof zh];
    if (!/^app\.language$/.test(key)) t.match(text, /\p{Script=Han}/u, key);
    t.strictSame(other.match(/\{\w+\}/g) ?? [], text.match(/\{\w+\}/g) ?? [], key);
  }
});
