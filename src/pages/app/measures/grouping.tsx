import { Radio } from 'antd';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** What the numbers are grouped by. */
export function Grouping<By extends string>({
  choices,
  value,
  onChange,
}: {
  choices: readonly By[];
  value: By;
  onChange: (by: By) => void;
}) {
  const { say } = useWords(words);
  return (
    <Radio.Group
      aria-label={say('by')}
      value={value}
      onChange={({ target }) => onChange(target.value as By)}
      options={choices.map((by) => ({ value: by, label: say(`by.${by}` as keyof typeof words) }))}
    />
  );
}
