import type { Clock, FetchJson, FetchText } from '../core/index.ts';
import type { BbsPublicJwk, CheckOpenings } from '../credentials/index.ts';
import type { Changed } from '../messaging/contract.ts';
import type { Provers } from '../proofs/index.ts';
import type { PolicyBook } from '../policy/index.ts';
import type { OtherWallets, PageRequest, QuietList, RequestQueue } from '../requests/index.ts';
import type { VaultKeeper } from '../vault/index.ts';
import type { AgentDoor } from './agents/door.ts';
import type { ElsewhereDoor } from './elsewhere/door.ts';
import type { IssuanceDesk } from './receiving/issuance-desk.ts';

/** What every story of the wallet works with. Built once by the composition root. */
export interface Services {
  readonly keeper: VaultKeeper;
  readonly queue: RequestQueue;
  readonly clock: Clock;
  /** The rules the person decides by. */
  readonly book: PolicyBook;
  /** Who is not listened to. */
  readonly quiet: QuietList;
  /** Whose calls of the Digital Credentials API are for another wallet. */
  readonly others: OtherWallets;
  /** Programs on this machine that act for the person. */
  readonly agents: AgentDoor;
  /** Asks the person elsewhere what agents want. */
  readonly elsewhere: ElsewhereDoor;
  /** Looks at each request before the person does. */
  readonly desk: Desk;
  /** The ways to the network; used only after the person's click (design §3, rule 11). */
  readonly fetchJson: FetchJson;
  readonly fetchText: FetchText;
  /** Makes proofs that take more than a signature: in the prover, which sees nothing else of the vault. */
  readonly provers: Required<Provers>;
  /** Whether an issuer signed a BBS credential: the prover knows. */
  readonly checkBbs: (credential: string, key: BbsPublicJwk) => Promise<boolean>;
  /** Whether what an issuer sent opens what it signed: the prover knows. */
  readonly checkOpenings: CheckOpenings;
  /** What is under way with issuers. */
  readonly issuance: IssuanceDesk;
  /** Where authorization servers send the person back to (see `signInAt`). */
  readonly redirectUri: string;
  /** To be called after what issuers have promised has changed: they are asked in time. */
  readonly promisesChanged: () => Promise<void>;
  /** Opens the consent window, or brings it to the front. */
  readonly showConsent: () => Promise<void>;
  /** Whether the consent window is open. */
  readonly isConsentOpen: () => Promise<boolean>;
  /** Hands the stored answer of a settled request to the document that asked, if it still listens. */
  readonly deliver: (request: PageRequest) => void;
  /** To be called after a request was refused: its page hears of it in time. */
  readonly awaitRefusals: () => void;
  /** The person's languages, most wanted first, as BCP 47 tags. */
  readonly languages: readonly string[];
  /** To be called after the vault was opened, locked, made or erased. */
  readonly vaultChanged: () => Promise<void>;
  /** To be called after something else that our pages show has changed. */
  readonly announce: (changed: Exclude<Changed['changed'], 'status'>) => void;
}

/** What stories work with that read and write the open vault. */
export type VaultServices = Pick<Services, 'keeper' | 'clock' | 'book' | 'announce'>;

/** What stories work with that open the vault, lock it or put another in its place. */
export type LifeServices = Pick<Services, 'keeper' | 'vaultChanged'>;

/** What it takes to look at a request for a token, and to answer or refuse it. */
export type SpendingServices = VaultServices & Pick<Services, 'queue' | 'deliver' | 'awaitRefusals'>;

/** What came of looking at a request. `ask`: it is for the person to decide. */
export type Consideration = 'answered' | 'refused' | 'ask';

/** Where each request is looked at before the person does. */
export interface Desk {
  /** What becomes of a request. Never throws: what cannot be decided is for the person, whose window shows why. */
  consider(services: Services, request: PageRequest): Promise<Consideration>;
  /** Puts in order what must be known while the vault is locked, and considers everything that waits. Never throws. */
  considerAll(services: Services): Promise<void>;
  /** Call it when the vault, the rules or a mute changed: what waits is considered anew when it is asked for. */
  forget(): void;
  /** A request is not what it was. */
  forgetOne(id: string): void;
}
