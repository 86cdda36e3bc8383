import { createHash } from 'node:crypto';
import type { Block, Segment, Sheet } from './sheet.ts';

/** A4, black on white; a rule stays visible when a value is blank. */
const STYLE = `
@page { size: A4; margin: 18mm }
body { font: 12pt/1.9 "Noto Serif CJK SC", "Songti SC", SimSun, serif; color: #000; background: #fff; margin: 0 auto; max-width: 174mm }
h1 { font-size: 16pt; text-align: center; letter-spacing: 0.3em; margin: 0.6em 0 }
p { margin: 0.2em 0 }
.right { text-align: right }
.indent { text-indent: 2em }
.fill { border-bottom: 1px solid #000; padding: 0 0.5em; min-width: 3em; display: inline-block; text-indent: 0; text-align: center }
h2 { font-size: 12pt; margin: 0.4em 0 0 }
.text { white-space: pre-wrap; overflow-wrap: anywhere; min-height: 2.5em; margin: 0 }
hr { border: 0; border-top: 1px dashed #000; margin: 1.5em 0 }
footer { font-size: 8pt; color: #444; text-align: right }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** No script, no picture, no outside host: the one style that is known by its hash. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The form as a page to print. All that people wrote is escaped. */
export function pageOfSheet(sheet: Sheet): string {
  return `<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>${escaped(sheet.title)}</title><style>${STYLE}</style></head>
<body>
${sheet.blocks.map(blockOf).join('\n')}
<footer>转诊编号 ${escaped(sheet.number)}</footer>
</body>
</html>
`;
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `<h1>${escaped(block.text)}</h1>`;
    case 'cut':
      return '<hr>';
    case 'section':
      return `<h2>${escaped(block.heading)}:</h2>\n<p class="text">${escaped(block.text)}</p>`;
    case 'line': {
      const classes = [block.align, block.indent ? 'indent' : undefined].filter((name) => name !== undefined);
      const attribute = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
      return `<p${attribute}>${block.segments.map(segmentOf).join('')}</p>`;
    }
  }
}

function segmentOf(segment: Segment): string {
  if (typeof segment === 'string') return escaped(segment);
  return `<span class="fill">${escaped(segment.fill) || '&nbsp;'}</span>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
