import { Button, Space } from 'antd';
import { useWords } from '../words/words.tsx';
import type { Making } from './request.ts';
import { type Drafts, keyOf } from './use-drafts.ts';
import { words } from './words.ts';

const FIRST: readonly Making[] = [{ kind: 'new' }, { kind: 'green' }];

/** The ways to begin a referral, and back to those that were put aside. */
export function Begin({ drafts }: { drafts: Drafts }) {
  const { say } = useWords(words);
  const { all, front } = drafts;
  const begun = new Set(all.map(keyOf));
  const ways = [...FIRST, ...all.filter((each) => 'of' in each)];
  return (
    <Space wrap className="referral-acts">
      {ways.map((making) => {
        const key = keyOf(making);
        const title = say(`making.${making.kind}`);
        return (
          <Button
            key={key}
            type="primary"
            danger={making.kind === 'green'}
            aria-pressed={key === front}
            onClick={() => drafts.begin(making)}
          >
            {begun.has(key) && key !== front ? say('goOn', { what: title }) : title}
          </Button>
        );
      })}
    </Space>
  );
}
