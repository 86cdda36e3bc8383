/**
 * Loaded before a life of the gateway: its clock jumps some moments after the start, by the `ms` of this file's URL.
 * Timers go on as they were, as they do when an administrator sets the time.
 */
const jumpMs = Number(new URL(import.meta.url).searchParams.get('ms'));
const JUMPS_AFTER_MS = 2_500;

const RealDate = Date;
let offMs = 0;
setTimeout(() => {
  offMs = jumpMs;
}, JUMPS_AFTER_MS).unref();

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: unknown[]) =>
    given.length === 0 ? new target(target.now() + offMs) : Reflect.construct(target, given),
  get: (target, name) => (name === 'now' ? () => target.now() + offMs : Reflect.get(target, name)),
});
