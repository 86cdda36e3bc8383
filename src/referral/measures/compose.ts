import type { FastifyPluginAsync } from 'fastify';
import { measuring } from './observer.ts';
import { measureRoutes } from './routes.ts';
import { type MeasureParts, MeasureService } from './service.ts';

/** Measures, put together. */
export function composeMeasures(parts: MeasureParts) {
  const measures = new MeasureService(parts);
  const routes: FastifyPluginAsync[] = [measureRoutes({ measures })];
  return { observer: measuring, routes };
}
