import { create, type Font } from 'fontkit';
import PDFDocument from 'pdfkit';
import type { Block, Segment, Sheet } from '../sheet.ts';
import { type Face, Glyphs } from './glyphs.ts';
import { type Drawn, layoutOf, PAGE } from './layout.ts';

/** A font as it was read: `name` tells which one of a collection (.ttc). */
export interface FontData {
  readonly name?: string | undefined;
  readonly data: Buffer;
}

export interface PrintedForm {
  readonly pdf: Buffer;
  /** Characters that no font has, as code points: U+2A6B2. */
  readonly missing: readonly string[];
}

/** The data is no font, or a collection without a font of that name; `index` tells which. */
export class UnusableFont extends Error {
  override name = 'UnusableFont';
  readonly index: number;

  constructor(index: number, reason: string) {
    super(reason);
    this.index = index;
  }
}

/**
 * A form as a PDF on A4, with what it needs of its fonts and no more. The same form on the same day of making gives
 * the same bytes: `madeAt` is the document's date. Fault `UnusableFont`.
 */
export async function printForm(
  sheet: Sheet,
  fonts: readonly FontData[],
  madeAt: number,
): Promise<PrintedForm> {
  const faces = fonts.map(faceOf);
  const [first, ...others] = faces;
  if (!first) throw new UnusableFont(0, 'no font');
  const glyphs = new Glyphs([first, ...others]);
  const date = new Date(madeAt);
  const document = new PDFDocument({
    ...{ size: [PAGE.width, PAGE.height], margin: 0, autoFirstPage: false, compress: true, lang: 'zh-CN' },
    ...{ displayTitle: true, pdfVersion: '1.7' },
    info: { Title: sheet.title, Creator: 'Yikatong', CreationDate: date, ModDate: date },
  });
  const bytes = collected(document);
  for (const { name, data, family } of faces) document.registerFont(name, data, family);

  const measure = (text: string, size: number) =>
    glyphs
      .pieces(text)
      .reduce((sum, piece) => sum + document.font(piece.face).fontSize(size).widthOfString(piece.text), 0);

  for (const page of layoutOf(printable(sheet, glyphs), measure)) {
    document.addPage();
    for (const drawn of page) draw(document, glyphs, drawn);
  }
  document.end();
  return { pdf: await bytes, missing: glyphs.missing };
}

function draw(document: PDFKit.PDFDocument, glyphs: Glyphs, drawn: Drawn): void {
  switch (drawn.kind) {
    case 'text': {
      let { x } = drawn;
      for (const { face, text } of glyphs.pieces(drawn.text)) {
        document.font(face).fontSize(drawn.size);
        document.text(text, x, drawn.y, { lineBreak: false, baseline: 'alphabetic' });
        x += document.widthOfString(text);
      }
      return;
    }
    case 'rule':
      document.lineWidth(0.6).undash();
      break;
    case 'cut':
      document.lineWidth(0.6).dash(3, { space: 3 });
      break;
  }
  document
    .moveTo(drawn.x, drawn.y)
    .lineTo(drawn.x + drawn.width, drawn.y)
    .stroke();
}

/** The form with nothing in it that can not be printed. */
function printable(sheet: Sheet, glyphs: Glyphs): Sheet {
  const segment = (each: Segment): Segment =>
    typeof each === 'string' ? glyphs.printable(each) : { fill: glyphs.printable(each.fill) };
  const block = (each: Block): Block => {
    if (each.kind === 'line') return { ...each, segments: each.segments.map(segment) };
    return each.kind === 'section' ? { ...each, text: glyphs.printable(each.text) } : each;
  };
  return { ...sheet, blocks: sheet.blocks.map(block) };
}

type OpenFace = Face & { readonly data: Buffer; readonly family?: string };

function faceOf({ data, name }: FontData, index: number): OpenFace {
  const font = opened(data, name, index);
  const family = name ?? (isCollection(data) ? font.postscriptName : undefined);
  return {
    ...{ name: `form-${index}`, data },
    ...(family === undefined ? {} : { family }),
    has: (codePoint) => font.hasGlyphForCodePoint(codePoint),
  };
}

function opened(data: Buffer, name: string | undefined, index: number): Font {
  try {
    const made = create(data, name);
    if (made && 'fonts' in made) {
      const [font] = made.fonts;
      if (font && name === undefined) return font;
      throw new UnusableFont(index, `no font ${name} in the collection`);
    }
    if (made) return made;
  } catch (error) {
    throw error instanceof UnusableFont ? error : new UnusableFont(index, 'not a font');
  }
  throw new UnusableFont(index, `no font ${name} in the collection`);
}

const isCollection = (data: Buffer) => data.toString('latin1', 0, 4) === 'ttcf';

function collected(document: PDFKit.PDFDocument): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  document.on('end', () => resolve(Buffer.concat(parts)));
  document.on('error', reject);
  return promise;
}
