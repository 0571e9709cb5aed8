import type { LinkRequestOptions, PageRequest, PageRequestOptions } from '../../lib/sdk/index.ts';
import type { Signers } from './verifier.ts';

export type Group = 'Ways to ask' | 'Questions' | 'Hostile requests' | 'Links';

/** What the verifier has to ask with. */
export interface Place {
  readonly origin: string;
  /** The type of credential that is asked for. */
  readonly type: string;
  readonly signers: Signers;
}

/** A request whose answer is verified. */
export interface AnswerCase {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly ask: (place: Place) => Partial<Omit<PageRequestOptions, 'origin'>>;
  /** The protocol that is tried alone. */
  readonly protocol?: string;
}

/** A request that a wallet has to refuse. */
export interface HostileCase {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly make: (place: Place) => Promise<PageRequest>;
}

/** A request that a wallet is given as a link. */
export interface LinkCase {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly link: (place: Place) => Partial<LinkRequestOptions>;
}

export type Case = AnswerCase | HostileCase | LinkCase;
