import t from 'tap';
import { words as console } from '../../src/pages/app/console/words.ts';
import { words as desk } from '../../src/pages/app/desk/words.ts';
import { words as measures } from '../../src/pages/app/measures/words.ts';
import { words as referrals } from '../../src/pages/app/referrals/words.ts';
import { words as review } from '../../src/pages/app/review/words.ts';
import { words as sandbox } from '../../src/pages/app/sandbox/words.ts';
import { words as shell } from '../../src/pages/app/shell/words.ts';
import { words as statements } from '../../src/pages/app/statements/words.ts';

const TABLES = { shell, desk, referrals, review, statements, sandbox, console, measures };

t.test('every text is there in both languages, with the same facts in it', async (t) => {
  for (const [table, words] of Object.entries(TABLES))
    for (const [word, [zh, en]] of Object.entries(words)) {
      if (word === 'app.language') continue;
      t.match(zh, /\p{Script=Han}/u, `${table} ${word}`);
      t.notMatch(en, /\p{Script=Han}/u, `${table} ${word}`);
      t.strictSame(en.match(/\{\w+\}/g) ?? [], zh.match(/\{\w+\}/g) ?? [], `${table} ${word}`);
    }
});
