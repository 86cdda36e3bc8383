/** A font, as far as it matters which characters it has. */
export interface Face {
  readonly name: string;
  has(codePoint: number): boolean;
}

/** A piece of text that one font can draw. */
export interface Piece {
  readonly face: string;
  readonly text: string;
}

/** What says how a character is joined or shown, and has nothing to show itself. */
const UNSEEN = /[\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFEFF]/gu;

/**
 * The fonts of a form, in the order in which they are tried for each character. A character that none of them has is
 * printed as its code point in brackets, and remembered: a name must not lose a character unseen.
 */
export class Glyphs {
  readonly #faces: readonly [Face, ...Face[]];
  readonly #missing = new Set<number>();

  constructor(faces: readonly [Face, ...Face[]]) {
    this.#faces = faces;
  }

  /** What was asked for and no font has: U+2A6B2. */
  get missing(): string[] {
    return [...this.#missing].sort((a, b) => a - b).map(named);
  }

  /** The text as it can be printed. */
  printable(text: string): string {
    return [...text.replaceAll(UNSEEN, '')].map((character) => this.#printable(character)).join('');
  }

  /** The same in pieces of one font each. */
  pieces(printable: string): Piece[] {
    const pieces: { face: string; text: string }[] = [];
    for (const character of printable) {
      const { name } = this.#faceOf(character) ?? this.#faces[0];
      const last = pieces.at(-1);
      if (last?.face === name) last.text += character;
      else pieces.push({ face: name, text: character });
    }
    return pieces;
  }

  #printable(character: string): string {
    const codePoint = character.codePointAt(0) ?? 0;
    if (character === '\n') return character;
    // A space is a space in every font; other control characters are none of a form's.
    if (codePoint < 0x21 || codePoint === 0xa0 || codePoint === 0x3000) return ' ';
    if (this.#faceOf(character)) return character;
    this.#missing.add(codePoint);
    return `[${named(codePoint)}]`;
  }

  #faceOf(character: string): Face | undefined {
    const codePoint = character.codePointAt(0) ?? 0;
    return this.#faces.find((face) => face.has(codePoint));
  }
}

function named(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
