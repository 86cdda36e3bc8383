import type { Bench } from '../report.ts';
import { cardShown, firstPaint } from './desk.ts';
import { longList } from './list.ts';
import { placeWith } from './place.ts';

const DELIVERIES = 100_000;

/** What a hurried person at an old PC feels: in a real browser, against the sandbox, over loopback. */
export const pages: Bench = async () => {
  await using place = await placeWith({ deliveries: DELIVERIES });
  const desk = await firstPaint(place);
  const card = await cardShown(place);
  const list = await longList(place, DELIVERIES);
  return {
    results: { desk, card, list },
    ratios: {
      firstPaintMs: { value: desk.medianMs, atMost: 1_000 },
      deskScriptKb: { value: desk.scriptKb, atMost: 250 },
      cardBeyondReadingMs: { value: card.beyondReadingMs, atMost: 100 },
      longestPauseMs: { value: list.longestFrameMs, atMost: 100 },
    },
  };
};
