import { useEffect, useRef } from 'react';

/** What came within this time is told once. */
const GATHER_MS = 150;
/** After a stream that the gateway would not open, such as one too many. */
const AGAIN_MS = 5_000;

/** An event as the gateway tells it: ids and states, nobody's data. */
export interface Heard {
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Tells that something of these types happened, or that it may have while nobody listened: the stream was cut, or the
 * gateway was started again. Whoever hears it reads again what is shown. No types: nobody listens.
 * `each` is told of every event by itself, as long as the stream lasts.
 */
export function useEvents(types: readonly string[], tell: () => void, each?: (event: Heard) => void): void {
  const told = useRef({ tell, each });
  told.current = { tell, each };
  const wanted = types.join(' ');
  useEffect(() => {
    if (wanted === '') return undefined;
    let source: EventSource | undefined;
    let gathering: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let opened = false;
    const hear = () => {
      gathering ??= setTimeout(() => {
        gathering = undefined;
        told.current.tell();
      }, GATHER_MS);
    };
    const open = () => {
      source = new EventSource('/v1/events');
      for (const type of wanted.split(' ')) {
        source.addEventListener(type, (event) => {
          told.current.each?.(JSON.parse((event as MessageEvent).data));
          hear();
        });
      }
      source.addEventListener('open', () => {
        if (opened) hear();
        opened = true;
      });
      source.addEventListener('error', () => {
        if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
      });
    };
    open();
    return () => {
      source?.close();
      clearTimeout(gathering);
      clearTimeout(again);
    };
  }, [wanted]);
}
