import type { Clock, FetchJson } from '../core/index.ts';
import type { PageRequest, RequestQueue } from '../requests/index.ts';
import type { VaultKeeper } from '../vault/index.ts';

/** What every story of the wallet works with. Built once by the composition root. */
export interface Services {
  readonly keeper: VaultKeeper;
  readonly queue: RequestQueue;
  readonly clock: Clock;
  /** The one way to the network; used only after the person's click (design §3, rule 11). */
  readonly fetchJson: FetchJson;
  /** Opens the consent window, or brings it to the front. */
  readonly showConsent: () => Promise<void>;
  /** Remembers, durably, that the person saw a request: closing the consent window denies what it showed. */
  readonly markShown: (requestId: string) => Promise<void>;
  /** Hands the stored answer of a settled request to the document that asked, if it still listens. */
  readonly deliver: (request: PageRequest) => void;
  /** The person's languages, most wanted first, as BCP 47 tags. */
  readonly languages: readonly string[];
  /** To be called after the vault was opened, locked, made or erased. */
  readonly vaultChanged: () => Promise<void>;
  /** To be called after something else that our pages show has changed. */
  readonly announce: (changed: 'requests' | 'credentials' | 'attributes' | 'audit') => void;
}
