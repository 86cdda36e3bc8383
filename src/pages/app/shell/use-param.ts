import { useCallback, useEffect, useState } from 'react';

/**
 * One parameter of the page's address, such as which case is open, so that a reload and the browser's Back show the
 * same again. An id of ours or a filter: nothing that says who a person is.
 */
export function useParam(
  name: string,
): readonly [value: string | undefined, set: (value: string | undefined) => void] {
  const [value, setValue] = useState(() => paramOf(name));
  useEffect(() => {
    const onMove = () => setValue(paramOf(name));
    addEventListener('popstate', onMove);
    return () => removeEventListener('popstate', onMove);
  }, [name]);
  const set = useCallback(
    (next: string | undefined) => {
      if (paramOf(name) === next) return;
      const url = new URL(location.href);
      if (next === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, next);
      history.pushState(null, '', url);
      setValue(next);
    },
    [name],
  );
  return [value, set];
}

function paramOf(name: string): string | undefined {
  return new URLSearchParams(location.search).get(name) ?? undefined;
}
