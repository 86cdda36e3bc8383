import { Button } from 'antd';
import { type KeyboardEvent, useRef } from 'react';
import type { StatementSummary } from '../../../../schemas/statement.ts';
import { Mark, type Tone } from '../shell/mark.tsx';
import { useWords } from '../words/words.tsx';
import { dayAfterKey, monthOf, plusMonths, weeksOf } from './calendar.ts';
import type { Month } from './use-month.ts';
import { type Word, words } from './words.ts';

type Result = StatementSummary['state'] | 'none' | 'future';

export const TONES: Readonly<Record<Result, Tone>> = {
  balanced: 'good',
  differs: 'bad',
  incomplete: 'wait',
  running: 'busy',
  none: 'plain',
  future: 'plain',
};

/** A month as a calendar: each day green, red or open, in words as well. */
export function MonthView({
  month,
  known,
  today,
  chosen,
  onChoose,
}: {
  month: string;
  known: Month | undefined;
  today: string;
  chosen: string;
  onChoose: (period: string) => void;
}) {
  const { say } = useWords(words);
  const grid = useRef<HTMLTableElement>(null);
  const whole = known?.get(month);
  const onKey = (event: KeyboardEvent, day: string) => {
    const next = dayAfterKey(event.key, day);
    const button = next && grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`);
    if (!button) return;
    event.preventDefault();
    button.focus();
  };
  // One stop of the Tab key for all the days.
  const stop = monthOf(chosen) === month && chosen !== month ? chosen : `${month}-01`;
  return (
    <>
      <div className="months">
        <Button aria-label={say('before')} onClick={() => onChoose(plusMonths(month, -1))}>
          ‹
        </Button>
        <Button
          type={chosen === month ? 'primary' : 'default'}
          aria-pressed={chosen === month}
          onClick={() => onChoose(month)}
        >
          {say('wholeMonth', { month })}
        </Button>
        <Button
          aria-label={say('after')}
          disabled={month >= monthOf(today)}
          onClick={() => onChoose(plusMonths(month, 1))}
        >
          ›
        </Button>
        {whole ? (
          <Mark tone={TONES[whole.state]}>
            {say(`result.${whole.state}`)}
            {whole.closedAt === undefined ? '' : ` · ${say('closed')}`}
          </Mark>
        ) : null}
      </div>
      <table ref={grid} className="calendar" aria-label={say('calendar', { month })}>
        <thead>
          <tr>
            {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
              <th key={weekday} scope="col">
                {say(`weekday.${weekday}` as Word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week) => (
            <tr key={week.find((day) => day !== undefined)}>
              {week.map((day, index) => (
                <td key={day ?? index}>
                  {day === undefined ? null : (
                    <Day
                      day={day}
                      result={known?.get(day)?.state ?? (day > today ? 'future' : 'none')}
                      isChosen={day === chosen}
                      isStop={day === stop}
                      onKey={onKey}
                      onChoose={onChoose}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p>{say('calendarHint')}</p>
    </>
  );
}

function Day({
  day,
  result,
  isChosen,
  isStop,
  onKey,
  onChoose,
}: {
  day: string;
  result: Result;
  isChosen: boolean;
  isStop: boolean;
  onKey: (event: KeyboardEvent, day: string) => void;
  onChoose: (day: string) => void;
}) {
  const { say } = useWords(words);
  return (
    <button
      type="button"
      className={`day ${result}`}
      data-day={day}
      tabIndex={isStop ? 0 : -1}
      aria-pressed={isChosen}
      aria-disabled={result === 'future'}
      aria-label={`${day} ${say(`result.${result}`)}`}
      onKeyDown={(event) => onKey(event, day)}
      onClick={() => (result === 'future' ? undefined : onChoose(day))}
    >
      <strong>{Number(day.slice(8))}</strong>
      <span>{say(`result.${result}`)}</span>
    </button>
  );
}
