/**
 * A body as it went over the wire, broken into lines where it is JSON. Only the white space changes: a figure stays as
 * it was written, with every digit, which parsing it would not keep.
 */
export function bodyText(text: string): string {
  return isJson(text) ? broken(text) : text;
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A text in quotes, a bracket or a comma or a colon, white space, or anything else up to one of these. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|\s+|[^{}[\],:"\s]+/g;

function broken(text: string): string {
  const tokens = (text.match(TOKENS) ?? []).filter((token) => token.trim() !== '');
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  return tokens
    .map((token, index) => {
      const before = tokens[index - 1];
      switch (token) {
        case '{':
        case '[':
          depth += 1;
          return isEmpty(tokens[index + 1]) ? token : `${token}${line()}`;
        case '}':
        case ']':
          depth -= 1;
          return before === '{' || before === '[' ? token : `${line()}${token}`;
        case ',':
          return `,${line()}`;
        case ':':
          return ': ';
        default:
          return token;
      }
    })
    .join('');
}

function isEmpty(next: string | undefined): boolean {
  return next === '}' || next === ']';
}
