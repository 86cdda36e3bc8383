import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** The curl commands of a text, each on lines of its own, continued by a backslash. */
export function curlCommandsIn(text: string): string[] {
  return text.match(/curl (?:[^\n]*\\\n)*[^\n]*/g) ?? [];
}

/**
 * Does what a curl command of the documentation does, on machines that have no curl: -s, -X, -H and -d, variables in
 * double quotes, and a body from a file of the project. Throws at anything else.
 */
export async function curl(command: string, variables: Readonly<Record<string, string>> = {}) {
  const [, ...words] = wordsOf(command, variables);
  let method = 'GET';
  let url = '';
  let body: string | undefined;
  const headers = new Headers();
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-s') continue;
    if (word === '-X') method = words.shift()!;
    else if (word === '-d') body = bodyOf(words.shift()!);
    else if (word === '-H') {
      const [name, ...value] = words.shift()!.split(': ');
      headers.set(name!, value.join(': '));
    } else if (word.startsWith('http')) url = word;
    else throw new Error(`curl is used with ${word}`);
  }
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function bodyOf(data: string): string {
  return data.startsWith('@') ? readFileSync(join(project, data.slice(1)), 'utf8') : data;
}

function wordsOf(command: string, variables: Readonly<Record<string, string>>): string[] {
  const filled = (text: string) =>
    text.replace(/\$([A-Z]+)/g, (_, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`the variable ${name} is used and not set`);
      return value;
    });
  const words = command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|"((?:[^"\\]|\\")*)"|([^\s'"]+)/g);
  return [...words].map(
    ([, verbatim, quoted, plain]) => verbatim ?? filled((quoted ?? plain ?? '').replaceAll('\\"', '"')),
  );
}
