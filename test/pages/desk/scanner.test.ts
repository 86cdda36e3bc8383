import t from 'tap';
import { Scanner } from '../../../src/pages/app/desk/scanner.ts';

/** Keys that come one after the other, each so long after the one before. */
class Keyboard {
  readonly #scanner = new Scanner();
  #at = 1_000;

  press(key: string, afterMs = 5): string | undefined {
    this.#at += afterMs;
    return this.#scanner.take(key, this.#at);
  }

  type(text: string, everyMs = 5): void {
    for (const key of text) this.press(key, everyMs);
  }
}

function typed(text: string, everyMs: number, end = 'Enter'): string | undefined {
  const keyboard = new Keyboard();
  keyboard.type(text, everyMs);
  return keyboard.press(end, everyMs);
}

t.test('what comes as fast as no person types is a code', async (t) => {
  t.equal(typed('28ABCDEFGHIJ0123456789', 8), '28ABCDEFGHIJ0123456789');
  t.equal(typed('28ABCDEFGHIJ0123456789', 8, 'Tab'), '28ABCDEFGHIJ0123456789');
});

t.test('what a person types is left to the field it is typed into', async (t) => {
  t.equal(typed('111111198101011110', 120), undefined);
  t.equal(typed('12345', 8), undefined, 'too short for a code');
});

t.test(
  'a code is its own: neither the keys before it nor a code without an end are part of it',
  async (t) => {
    const keyboard = new Keyboard();
    keyboard.press('x');
    keyboard.press('0', 500);
    keyboard.type('123456789AB');
    keyboard.press('Shift');
    t.equal(keyboard.press('Enter'), '0123456789AB');
    t.equal(keyboard.press('Enter'), undefined, 'and is taken once');
    keyboard.type('9'.repeat(1_000), 1);
    const code = keyboard.press('Enter') ?? '';
    t.ok(code.length <= 200, 'a key that is held down grows nothing without end');
  },
);
