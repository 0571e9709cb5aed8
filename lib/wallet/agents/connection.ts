import type { AgentFrame, Challenge, FrameError, WalletFrame } from '../../agents/index.ts';
import {
  AgentFrame as AgentFrameSchema,
  MAX_FRAME,
  PROTOCOL,
  agentIdOf,
  answersChallenge,
  readFrame,
} from '../../agents/index.ts';
import type { Json } from '../../core/index.ts';
import { SignetError, displayText, randomBytes, toBase64url, utf8 } from '../../core/index.ts';
import type { Services } from '../services.ts';
import type { AgentCall, CallRoom } from './call.ts';
import { callTool } from './call.ts';
import { FRAME_BUDGET, FrameBudget } from './frame-budget.ts';
import type { PairingProgram } from './pairing-desk.ts';
import { readPrincipal, unknownAgent } from './principal.ts';
import type { After } from './stages.ts';
import type { Waiters } from './waiters.ts';

/** How long whoever connects may stay without showing who it is: milliseconds. A pairing has its own time. */
const NAMELESS_FOR = 60_000;
const NONCE_LENGTH = 32;

export interface ConnectionOptions {
  readonly id: string;
  readonly extensionId: string;
  readonly services: () => Promise<Services>;
  readonly after: After;
  readonly waiters: Waiters;
  readonly send: (frame: WalletFrame) => void;
  /** It is over: nothing more comes of it. */
  readonly ended: () => void;
}

type Hello = Extract<AgentFrame, { type: 'hello' }>;
type Call = Extract<AgentFrame, { type: 'call' }>;

/** Who is at the other end. */
type Who =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'pairing' }
  | { readonly kind: 'agent'; readonly id: string; readonly client?: string };

/**
 * One program that talks to the wallet: it shows who it is, once, by its key; then it calls tools. Whatever it says that it
 * may not say ends it; whatever ends it takes its calls back.
 */
export class AgentConnection {
  readonly #options: ConnectionOptions;
  readonly #challenge: Challenge;
  readonly #calls = new Map<number, AbortController>();
  readonly #stop: () => void;
  readonly #program: PairingProgram;
  #budget: FrameBudget | undefined;
  #who: Who = { kind: 'nobody' };
  #isOver = false;
  /** What it says is looked at in its order, until a call: calls go side by side. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { id, extensionId, after } = options;
    this.#challenge = { extension: extensionId, connection: id, nonce: toBase64url(randomBytes(NONCE_LENGTH)) };
    this.#stop = after(NAMELESS_FOR, () => {
      if (this.#who.kind === 'nobody') this.#fail(new SignetError('timed_out', 'Nobody said who this is.'));
    });
    this.#program = {
      done: ({ agent, name }) => {
        this.#say({ type: 'pair.done', agent, name });
        this.#end();
      },
      failed: () => this.#fail(new SignetError('denied', 'This pairing has ended. Begin again.')),
    };
    this.#say({ type: 'challenge', protocol: PROTOCOL, ...this.#challenge });
  }

  /** The agent at the other end, once it has shown its key. */
  get agent(): string | undefined {
    return this.#who.kind === 'agent' ? this.#who.id : undefined;
  }

  /** Takes in what the program says. Never throws. */
  take(json: Json): void {
    this.#turn = this.#turn
      .then(() => this.#take(json))
      .catch((thrown: unknown) => this.#fail(SignetError.from(thrown)));
  }

  /** The program went away. */
  closed(): void {
    this.#end();
  }

  /** The agent is none any more. */
  drop(): void {
    this.#fail(unknownAgent());
  }

  async #take(json: Json): Promise<void> {
    if (this.#isOver) return;
    const services = await this.#options.services();
    this.#budget ??= new FrameBudget(services.clock);
    const bytes = utf8(JSON.stringify(json)).length;
    if (bytes > MAX_FRAME) throw new SignetError('too_many', 'This frame is longer than Signet takes.');
    if (!this.#budget.spend(bytes)) throw new SignetError('too_many', 'This is more than Signet listens to.');
    const frame = readFrame(AgentFrameSchema, json);
    switch (frame.type) {
      case 'hello':
        return this.#hello(services, frame);
      case 'pair.begin':
        this.#beginPairing(services, frame);
        return;
      case 'pair.reveal':
        services.agents.pairing.reveal(this.#program, frame.agentNonce);
        return;
      case 'call':
        this.#call(services, frame);
        return;
      case 'cancel':
        this.#calls.get(frame.id)?.abort();
        return;
    }
  }

  async #hello(services: Services, { publicKey, signature, client }: Hello): Promise<void> {
    if (this.#who.kind !== 'nobody') throw new SignetError('bad_request', 'This was said before.');
    const isKey = answersChallenge(this.#challenge, publicKey, signature);
    const found = await nameOf(services, agentIdOf(publicKey));
    if (found instanceof SignetError) {
      this.#say({ type: 'failed', error: errorOf(found) }); // it may say so again when the vault is open
      return;
    }
    if (!isKey || found === undefined) throw unknownAgent();
    const { id, name } = found;
    const named = client === undefined ? undefined : displayText(`${client.name} ${client.version}`, 80);
    this.#who = { kind: 'agent', id, ...(named === undefined ? {} : { client: named }) };
    this.#say({ type: 'welcome', agent: id, name });
    services.announce('agents');
  }

  #beginPairing(
    { agents }: Services,
    { publicKey, commitment, name }: Extract<AgentFrame, { type: 'pair.begin' }>,
  ): void {
    if (this.#who.kind !== 'nobody') throw new SignetError('bad_request', 'This was said before.');
    const walletNonce = agents.pairing.begin(this.#program, { publicKey, commitment, name });
    this.#who = { kind: 'pairing' };
    this.#say({ type: 'pair.nonce', walletNonce });
  }

  #call(services: Services, frame: Call): void {
    const { id } = frame;
    if (this.#calls.has(id)) throw new SignetError('bad_request', 'This id is of a call that is not over.');
    if (this.#calls.size >= FRAME_BUDGET.calls) {
      this.#say({ type: 'failed', id, error: errorOf(new SignetError('too_many', 'Too many calls at once.')) });
      return;
    }
    const controller = new AbortController();
    this.#calls.set(id, controller);
    void this.#answer(services, frame, controller.signal).finally(() => this.#calls.delete(id));
  }

  async #answer(services: Services, { id, tool, arguments: input }: Call, signal: AbortSignal): Promise<void> {
    try {
      const answer = await callTool(this.#room(services), { ...(await this.#caller(services)), tool, input, signal });
      this.#say({ type: 'answer', id, answer: answer as unknown as Json }); // JSON, by its type
    } catch (thrown) {
      this.#say({ type: 'failed', id, error: errorOf(SignetError.from(thrown)) });
    }
    services.announce('audit'); // pages can wait, and the agent cannot
    services.announce('agents');
  }

  /** While the vault is locked nobody can be told apart: everybody hears that it is. */
  async #caller({ keeper }: Services): Promise<Pick<AgentCall, 'agent' | 'client'>> {
    if (this.#who.kind !== 'agent') {
      await keeper.open();
      throw unknownAgent();
    }
    const { id: agent, client } = this.#who;
    return { agent, ...(client === undefined ? {} : { client }) };
  }

  #room(services: Services): CallRoom {
    const { after, waiters } = this.#options;
    return {
      services,
      after,
      waitFor: (id, milliseconds, signal) => waiters.until(services.queue, id, { milliseconds, signal, after }),
    };
  }

  #say(frame: WalletFrame): void {
    if (!this.#isOver) this.#options.send(frame);
  }

  #fail(error: SignetError): void {
    this.#say({ type: 'failed', error: errorOf(error) });
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stop();
    for (const call of this.#calls.values()) call.abort();
    this.#options.ended();
    // A pairing that is over does not end a second time.
    void this.#options.services().then(
      ({ agents }) => agents.pairing.left(this.#program),
      () => undefined,
    );
  }
}

/** The agent of a key, revoked or never paired alike: none; what keeps that from being known where it cannot be. */
async function nameOf(
  { keeper }: Services,
  id: string,
): Promise<{ readonly id: string; readonly name: string } | SignetError | undefined> {
  try {
    const principal = await readPrincipal(await keeper.open(), id);
    return principal === undefined || principal.state === 'revoked' ? undefined : { id, name: principal.name };
  } catch (thrown) {
    return SignetError.from(thrown);
  }
}

const SENTENCES: { readonly [R in SignetError['reason']]?: string } = {
  locked: 'Signet is locked. Unlock it in the browser, then try again.',
  no_vault: 'There is no vault yet. Make one in Signet, in the browser.',
};

/** An error as a program gets it: never with anything of the vault's in it. */
function errorOf(error: SignetError): FrameError {
  const { reason, field } = error;
  const message = SENTENCES[reason] ?? error.message;
  return { reason, message: message.slice(0, 1000), ...(field === undefined ? {} : { field: field.slice(0, 300) }) };
}
