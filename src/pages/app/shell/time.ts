/** A time of the API's as people read it: it is China's already. */
export function timeText(timestamp: string): string {
  return timestamp.slice(0, 19).replace('T', ' ');
}

/** The day it falls on in China. */
export function dayOf(timestamp: string): string {
  return timestamp.slice(0, 10);
}
