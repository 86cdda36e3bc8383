/** By which word the styles that this page makes are known as its own: the answer that brought it says it. */
export const NONCE = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';

/**
 * Marks every style element that the page makes as its own. What antd makes for its design carries the word already;
 * its tables and dialogs, which measure the scroll bar by a style of their own, forget it and would be refused.
 */
export function markStyles(): void {
  const create = document.createElement;
  document.createElement = function createMarked(
    this: Document,
    name: string,
    options?: ElementCreationOptions,
  ) {
    const element = create.call(this, name, options);
    if (element instanceof HTMLStyleElement) element.nonce = NONCE;
    return element;
  } as typeof document.createElement;
}
