import { Button, Flex } from 'antd';
import type { SandboxOverview } from '../../../../schemas/sandbox.ts';
import { useWords } from '../words/words.tsx';
import { words } from './words.ts';

/** Each virtual reader with the cards that can be laid on it; the one that lies there is pressed in. */
export function Readers({
  overview: { readers, cards },
  busy,
  onMove,
}: {
  overview: SandboxOverview;
  busy: boolean;
  onMove: (reader: string, card: string | undefined) => void;
}) {
  const { language } = useWords(words);
  const which = language === 'en' ? 'en' : 'zh';
  return readers.map(({ id, name, takes, card: lying }) => (
    <fieldset key={id}>
      <legend>{inOneLanguage(name, which)}</legend>
      <Flex wrap gap={6}>
        {cards
          .filter(({ kind }) => takes.includes(kind))
          .map((card) => (
            <Button
              key={card.id}
              size="small"
              type={card.id === lying ? 'primary' : 'default'}
              aria-pressed={card.id === lying}
              aria-disabled={busy}
              onClick={() => !busy && onMove(id, card.id === lying ? undefined : card.id)}
            >
              {card.title[which]}
            </Button>
          ))}
      </Flex>
    </fieldset>
  ));
}

/** The sandbox names its readers in both languages: 虚拟扫码枪 / virtual code scanner. */
function inOneLanguage(name: string, which: 'zh' | 'en'): string {
  const [zh = name, en = zh] = name.split(' / ');
  return which === 'en' ? en : zh;
}
