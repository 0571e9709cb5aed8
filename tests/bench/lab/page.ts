import { Laboratory } from './laboratory.ts';

/** In a page beside the real worker: prepares what the real pages are measured with. The bench calls it over the protocol. */
Object.assign(globalThis, { laboratory: new Laboratory() });
