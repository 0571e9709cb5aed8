import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { agentTitle } from '../../components/agents/agent-mark.tsx';
import { Button } from '../../components/button.tsx';
import { Loading } from '../../components/loading.tsx';
import { Problem } from '../../components/notice.tsx';
import { useAsked } from '../../components/use-asked.ts';
import { useTouch } from '../../components/use-touch.ts';
import type { Waiting, WalletStatus } from '../../lib/messaging/index.ts';
import { ask } from '../../lib/messaging/index.ts';
import { t } from '../../lib/platform/index.ts';
import { AgentRequest } from './agent-request.tsx';
import { AuthorityRequest } from './authority-request.tsx';
import { CapabilityRequest } from './capability-request.tsx';
import { Delivery } from './delivery.tsx';
import { OfferRequest } from './offer-request.tsx';
import { OpenRequest } from './open-request.tsx';
import { ProofRequest } from './proof-request.tsx';
import { ReceiptRequest } from './receipt-request.tsx';

/** The consent window: the first request that waits, until none does. Both props are what was known at first paint. */
export const ConsentPage = (first: { waiting: readonly Waiting[] | undefined; status: WalletStatus | undefined }) => {
  const requests = useAsked('requests.list', {}, [
    'requests',
    'status',
    'credentials',
    'capabilities',
    'attributes',
    'agents',
  ]);
  const asked = useAsked('wallet.status', {}, ['status']);
  const waiting = requests.state === 'ready' ? requests.value.waiting : first.waiting;
  const status = asked.state === 'ready' ? asked.value : first.status;
  // What the person opened stays in sight although its request is answered; whatever else waits comes after it.
  const [held, setHeld] = useState<Waiting | undefined>(undefined);
  const current = held === undefined ? waiting?.[0] : (waiting?.find(isSame(held)) ?? held);
  useTouch(status?.vault === 'unlocked');
  const closing = useCloseWhenDone(held === undefined ? waiting : [held]);
  useShown(closing ? undefined : current?.requestId);
  useTitle(current);

  if (requests.state === 'failed') {
    return (
      <main class="consent-empty">
        <h1 class="title">{t('consent_failed')}</h1>
        <Problem error={requests.error} />
        <Button onClick={requests.again}>{t('try_again')}</Button>
      </main>
    );
  }
  if (waiting === undefined || status === undefined) {
    return (
      <main class="consent-empty">
        <Loading />
      </main>
    );
  }
  if (current === undefined || closing) return <NothingWaits />; // a request that comes now is not for this window
  const again = () => {
    requests.again();
    asked.again();
  };
  const common = { status, again };
  const hold = (on: boolean) => setHeld(on ? current : undefined);
  switch (current.kind) {
    case 'proof':
      return <ProofRequest key={current.requestId} request={current} {...common} />;
    case 'delivery':
      return <Delivery key={current.requestId} request={current} {...common} />;
    case 'offer':
      return <OfferRequest key={current.requestId} request={current} {...common} onHold={hold} />;
    case 'capability':
      return <CapabilityRequest key={current.requestId} request={current} {...common} />;
    case 'agent':
      return <AgentRequest key={current.requestId} request={current} {...common} />;
    case 'authority':
      return <AuthorityRequest key={current.requestId} request={current} {...common} />;
    case 'receipt':
      return <ReceiptRequest key={current.requestId} request={current} {...common} />;
    case 'open':
      return <OpenRequest key={current.requestId} request={current} {...common} onHold={hold} />;
  }
};

const isSame =
  ({ requestId }: Waiting) =>
  (other: Waiting): boolean =>
    other.requestId === requestId;

const NothingWaits = () => (
  <main class="consent-empty">
    <h1 class="title">{t('consent_none')}</h1>
    <Button onClick={() => window.close()}>{t('close')}</Button>
  </main>
);

/**
 * The window has one purpose: with nothing left to decide it goes. From then on it takes no more requests: what comes
 * in while it closes was not seen, and gets a window of its own.
 */
function useCloseWhenDone(waiting: readonly Waiting[] | undefined): boolean {
  const done = waiting?.length === 0;
  const closing = useRef(false);
  closing.current ||= done;
  useEffect(() => {
    if (done) window.close();
  }, [done]);
  return closing.current;
}

/** Tells the worker what the person sees, as soon as it is drawn: closing the window denies that and nothing else. */
function useShown(requestId: string | undefined): void {
  useLayoutEffect(() => {
    if (requestId === undefined) return;
    ask('requests.shown', { requestId }).catch(() => undefined); // the request then counts as unseen, and is shown again
  }, [requestId]);
}

/** Says a new request to a screen reader, and takes the focus away from whatever was in the way of it. */
function useTitle(current: Waiting | undefined): void {
  const [first] = useState(document.title);
  const shown = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (current === undefined || shown.current === current.requestId) return;
    shown.current = current.requestId;
    document.title = `${whoOf(current)} · ${first}`;
  }, [current, first]);
}

/** Who asks, by name: an agent comes before whomever it asks for. */
function whoOf({ kind, agent, origin }: Waiting): string {
  if (agent !== undefined) return agentTitle(agent.name);
  if (kind === 'open') return t('signet');
  return URL.parse(origin)?.host ?? (origin === '' ? t('agent_unnamed') : origin);
}
