import type { ReactNode } from 'react';

/** How a state is to be taken: all is well, something goes on, look at it, act. */
export type Tone = 'good' | 'busy' | 'wait' | 'bad' | 'plain';

/** A state in a word, its colours dark enough to be read (4.5 to 1), which antd's own tags are not. */
export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`mark ${tone}`}>{children}</span>;
}
