import type { Block, Segment, Sheet } from '../sheet.ts';

/** Points, 72 to the inch; y goes down from the top of the page. */
export const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 51;
const WIDTH = PAGE.width - 2 * MARGIN;
const BOTTOM = PAGE.height - MARGIN - 14;

const TEXT_SIZE = 12;
const TITLE_SIZE = 16;
const FOOTER_SIZE = 8;
const LINE = 22.8;
const PARAGRAPH_GAP = 2.4;
const TITLE_LINE = 34;
const CUT_GAP = 18;
/** Room left by hand, where nothing was filled in: on a rule, and under a heading. */
const BLANK_FILL = 3 * TEXT_SIZE;
const BLANK_SECTION = 2.5 * TEXT_SIZE;
const FILL_PAD = TEXT_SIZE / 2;
/** A rule stands a little below its text. */
const RULE_DROP = 3;

export type Drawn =
  /** `y` is the line on which the characters stand. */
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly text: string;
    }
  | { readonly kind: 'rule'; readonly x: number; readonly y: number; readonly width: number }
  | { readonly kind: 'cut'; readonly x: number; readonly y: number; readonly width: number };

export type Page = readonly Drawn[];

/** How wide a text is at a size. */
export type Measure = (text: string, size: number) => number;

/** What stands on one line: a piece of text that is not divided, or room of some width. */
interface Box {
  readonly text: string;
  readonly width: number;
  readonly ruled: boolean;
}

/** Puts a form on A4 pages, as many as its texts take. Each page says which it is, and of which referral. */
export function layoutOf(sheet: Sheet, measure: Measure): Page[] {
  const pages: Drawn[][] = [[]];
  let y = MARGIN;
  /** The line on which the next characters stand. */
  const advance = (height: number, size: number): number => {
    if (y + height > BOTTOM) {
      pages.push([]);
      y = MARGIN;
    }
    y += height;
    return y - (height - size) / 2 - size * 0.12;
  };
  const page = () => pages.at(-1)!;

  const flow = (boxes: readonly Box[], { align, indent = 0 }: { align?: 'right'; indent?: number } = {}) => {
    for (const [index, line] of linesOf(boxes, WIDTH, indent).entries()) {
      const base = advance(LINE, TEXT_SIZE);
      const start = index === 0 ? indent : 0;
      const x = align === 'right' ? PAGE.width - MARGIN - widthOf(line) : MARGIN + start;
      page().push(...drawnLine(line, x, base));
    }
  };

  const block = (each: Block): void => {
    switch (each.kind) {
      case 'title': {
        const base = advance(TITLE_LINE, TITLE_SIZE);
        const x = (PAGE.width - measure(each.text, TITLE_SIZE)) / 2;
        page().push({ kind: 'text', x, y: base, size: TITLE_SIZE, text: each.text });
        return;
      }
      case 'cut': {
        const base = advance(2 * CUT_GAP, 0);
        page().push({ kind: 'cut', x: MARGIN, y: base, width: WIDTH });
        return;
      }
      case 'section': {
        flow(boxesOf(`${each.heading}:`, false, measure));
        if (each.text.trim() === '') advance(BLANK_SECTION, TEXT_SIZE);
        else for (const part of each.text.split('\n')) flow(boxesOf(part, false, measure));
        y += PARAGRAPH_GAP;
        return;
      }
      case 'line': {
        const boxes = each.segments.flatMap((segment) => segmentBoxes(segment, measure));
        flow(boxes, {
          ...(each.align ? { align: each.align } : {}),
          ...(each.indent ? { indent: 2 * TEXT_SIZE } : {}),
        });
        y += PARAGRAPH_GAP;
      }
    }
  };

  for (const each of sheet.blocks) block(each);
  return pages.map((drawn, index) => [
    ...drawn,
    footer(`转诊编号 ${sheet.number} 第 ${index + 1} / ${pages.length} 页`, measure),
  ]);
}

function footer(text: string, measure: Measure): Drawn {
  const x = PAGE.width - MARGIN - measure(text, FOOTER_SIZE);
  return { kind: 'text', x, y: PAGE.height - MARGIN, size: FOOTER_SIZE, text };
}

function segmentBoxes(segment: Segment, measure: Measure): Box[] {
  if (typeof segment === 'string') return boxesOf(segment, false, measure);
  const text = segment.fill.replaceAll(/\s+/g, ' ').trim();
  if (text === '') return [{ text: '', width: BLANK_FILL, ruled: true }];
  const pad = { text: '', width: FILL_PAD, ruled: true };
  return [pad, ...boxesOf(text, true, measure), pad];
}

/** May not begin a line, and may not end one. */
const CLOSING = '，。、；：？！）》〉」』】〕”’…·,.;:?!)]}%℃°';
const OPENING = '（《〈「『【〔“‘([{';

/** Words and numbers stay whole, every Chinese character is a word; punctuation stays with what it belongs to. */
function boxesOf(text: string, ruled: boolean, measure: Measure): Box[] {
  const words: string[] = [];
  for (const [piece] of text.matchAll(/[0-9A-Za-z_+\-/@#&*=<>~^|\\"'.]+|\s|./gsu)) {
    const last = words.at(-1);
    const joins =
      last !== undefined && (CLOSING.includes(piece) || OPENING.includes(last.at(-1) ?? ' ')) && last !== ' ';
    if (joins && last.length < 40) words[words.length - 1] = last + piece;
    else words.push(/\s/u.test(piece) ? ' ' : piece);
  }
  return words
    .flatMap((word) => fitting(word, measure))
    .map((word) => ({ text: word, width: measure(word, TEXT_SIZE), ruled }));
}

/** A word that no line can hold is divided anywhere. */
function fitting(word: string, measure: Measure): string[] {
  const characters = [...word];
  if (characters.length < 2 || measure(word, TEXT_SIZE) <= WIDTH / 2) return [word];
  const half = Math.ceil(characters.length / 2);
  return [characters.slice(0, half), characters.slice(half)].flatMap((part) =>
    fitting(part.join(''), measure),
  );
}

function linesOf(boxes: readonly Box[], width: number, indent: number): Box[][] {
  const lines: Box[][] = [[]];
  let room = width - indent;
  for (const box of boxes) {
    if (box.width > room && lines.at(-1)!.length > 0) {
      lines.push([]);
      room = width;
      // A line does not begin with the space between two words.
      if (box.text === ' ' && !box.ruled) continue;
    }
    lines.at(-1)!.push(box);
    room -= box.width;
  }
  return lines;
}

const widthOf = (line: readonly Box[]) => line.reduce((sum, { width }) => sum + width, 0);

/** A line's text in as few pieces as its rules allow, and the rules. */
function drawnLine(line: readonly Box[], start: number, y: number): Drawn[] {
  const drawn: Drawn[] = [];
  let x = start;
  for (const run of runsOf(line)) {
    const width = widthOf(run);
    const text = run.map((box) => box.text).join('');
    if (run[0]?.ruled) drawn.push({ kind: 'rule', x, y: y + RULE_DROP, width });
    if (text !== '') drawn.push({ kind: 'text', x, y, size: TEXT_SIZE, text });
    x += width;
  }
  return drawn;
}

/** Neighbours that are drawn as one: on a rule or not, text or room. */
function runsOf(line: readonly Box[]): Box[][] {
  const runs: Box[][] = [];
  for (const box of line) {
    const last = runs.at(-1);
    const alike = last?.[0]?.ruled === box.ruled && (last[0].text === '') === (box.text === '');
    if (last && alike) last.push(box);
    else runs.push([box]);
  }
  return runs;
}
