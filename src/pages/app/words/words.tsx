import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { answerIn } from '../api.ts';
import { en } from './en.ts';
import { type Word, zh } from './zh.ts';

export type Language = 'zh-CN' | 'en';

/** The text of a word in the language chosen, `{name}` filled in. */
export type Say = (word: Word, facts?: Readonly<Record<string, string | number>>) => string;

interface Words {
  readonly language: Language;
  readonly say: Say;
  readonly choose: (language: Language) => void;
}

const KEPT = 'yikatong.language';

const WordsContext = createContext<Words | undefined>(undefined);

export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(kept);
  const words = useMemo<Words>(() => {
    answerIn(language);
    document.documentElement.lang = language;
    const texts: Readonly<Record<Word, string>> = language === 'en' ? en : zh;
    return {
      language,
      say: (word, facts = {}) =>
        texts[word].replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole)),
      choose: (chosen) => {
        localStorage.setItem(KEPT, chosen);
        setLanguage(chosen);
      },
    };
  }, [language]);
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error('outside of WordsProvider');
  return words;
}

function kept(): Language {
  return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN';
}
