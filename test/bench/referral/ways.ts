import { startNats } from '../../setup/nats.ts';
import type { Scene } from '../../setup/process.ts';

/** A kind of link, ready to be laid between the two gateways of the bench. */
export interface Way {
  readonly name: string;
  /** Answers what each side has in its configuration for the other, without the secret. */
  lay(
    scene: Scene,
    ports: { readonly clinic: number; readonly hospital: number },
  ): Promise<{ readonly clinic: object; readonly hospital: object }>;
}

export const HTTP: Way = {
  name: 'http',
  lay: async (_scene, { clinic, hospital }) => ({
    clinic: { kind: 'http', url: `http://127.0.0.1:${hospital}` },
    hospital: { kind: 'http', url: `http://127.0.0.1:${clinic}` },
  }),
};

export const NATS: Way = {
  name: 'nats',
  async lay(scene) {
    const { url } = await startNats(scene);
    const link = { kind: 'nats', servers: [url] };
    return { clinic: link, hospital: link };
  },
};
