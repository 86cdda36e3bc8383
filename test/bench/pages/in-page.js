// Runs in the page before its own scripts. `measures.waitFor(text)` and `measures.painted()` tell when a text was on
// the screen, by the page's clock; `measures.pauses()` what the page has stood still for since it was asked before.
globalThis.measures = (() => {
  let wanted;
  let isFound = false;
  let tell = () => {};
  let told;
  let task = 0;
  let frame = 0;

  // Looks when something has changed, and not at each frame: frames that nobody needs cost as much as others.
  const look = () => {
    if (wanted === undefined || isFound) return;
    if (!document.querySelector('main')?.textContent.includes(wanted)) return;
    isFound = true;
    requestAnimationFrame(() => setTimeout(() => tell(performance.now())));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) task = Math.max(task, duration);
  }).observe({ type: 'longtask' });
  let last;
  const count = (now) => {
    frame = Math.max(frame, now - last);
    last = now;
    requestAnimationFrame(count);
  };

  /** Looks at each frame. */
  const until = (isSo) =>
    new Promise((resolve) => {
      const see = () => {
        const so = isSo();
        if (so) resolve(so);
        else requestAnimationFrame(see);
      };
      see();
    });

  return {
    waitFor(text) {
      wanted = text;
      isFound = false;
      told = new Promise((resolve) => {
        tell = resolve;
      });
      look();
    },
    /** When what is waited for was on the screen; waits until it is. */
    painted: () => told,
    pauses() {
      // Frames are counted from the first time on.
      if (last === undefined) {
        last = performance.now();
        requestAnimationFrame(count);
      }
      const pauses = { longestTaskMs: Math.round(task), longestFrameMs: Math.round(frame) };
      task = 0;
      frame = 0;
      return pauses;
    },
    /** When the last answer of a path that ends so was there. */
    answeredAt(end) {
      const answers = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith(end));
      return answers.at(-1)?.responseEnd;
    },
    /** How many rows the list says it has. */
    get rows() {
      return Number(document.querySelector('.rows table')?.getAttribute('aria-rowcount') ?? 1) - 1;
    },
    /** Waits until the list is shorter than that, and not empty. */
    filteredBelow(count) {
      return until(() => this.rows > 0 && this.rows < count);
    },
    scrollToEnd() {
      const list = document.querySelector('.rows');
      list.scrollTop = list.scrollHeight;
    },
  };
})();
