/** The part of a port that the two ends of the prover use. */
export interface ProverPort {
  /** @throws Error when the far side is gone */
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}

/** The way to the offscreen document. */
export interface ProverDoor {
  /** Starts the document anew, whatever was there before, and joins it. */
  connect(): Promise<ProverPort>;
  /** Ends the document and what it is doing. Harmless when there is none. */
  close(): Promise<void>;
}
