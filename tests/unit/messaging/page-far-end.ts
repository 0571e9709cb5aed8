import type { Port, PortSender } from '../../../lib/platform/index.ts';

export const EXTENSION = 'bcbdfnmmihffocjebmenmfainokkdboo';

/** What Chrome reports of the top document of a shop. */
export const SHOP: PortSender = {
  id: EXTENSION,
  origin: 'https://shop.example',
  frameId: 0,
  documentId: 'D1',
  documentLifecycle: 'active',
  tab: { id: 7 },
};

/** The document's end of a port: says anything, and hears what it is told, as structured clones. */
export class FarEnd {
  readonly heard: unknown[] = [];
  readonly port: Port;
  closedByWorker = false;
  readonly #onMessage: ((message: unknown) => void)[] = [];
  readonly #onDisconnect: (() => void)[] = [];

  constructor(sender: PortSender | undefined = SHOP) {
    this.port = {
      sender,
      postMessage: (message) => {
        if (this.closedByWorker) throw new Error('Attempting to use a disconnected port object');
        this.heard.push(structuredClone(message));
      },
      disconnect: () => {
        this.closedByWorker = true;
      },
      onMessage: { addListener: (listener) => void this.#onMessage.push(listener) },
      onDisconnect: { addListener: (listener) => void this.#onDisconnect.push(listener) },
    };
  }

  say(message: unknown): void {
    for (const listener of this.#onMessage) listener(structuredClone(message));
  }

  request(id: string, method: string, params: unknown): void {
    this.say({ t: 'request', id, method, params: JSON.stringify(params) });
  }

  /** The document goes away, or its relay has nothing left to wait for. */
  leave(): void {
    for (const listener of this.#onDisconnect) listener();
  }
}
