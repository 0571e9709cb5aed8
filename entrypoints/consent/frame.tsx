import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { OriginWithTransport } from '../../components/origin.tsx';
import { Seal } from '../../components/seal.tsx';
import type { Waiting } from '../../lib/messaging/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import { AgentWho, AskedFor } from './agent-who.tsx';

/**
 * What every request looks like: who asks at the top, what it is about in the middle, the decision at the bottom and
 * always in sight. The focus starts on the heading, away from every button.
 */
export const Frame = ({
  request,
  title,
  quote,
  byline,
  children,
  panel,
  actions,
  own = false,
  focusHeading = true,
}: {
  request: Waiting;
  title: string;
  quote?: string | undefined;
  /** What else there is to say of who asks. */
  byline?: ComponentChildren;
  children: ComponentChildren;
  /** What the decision needs beyond a press of a button, right above the buttons; what it is about stays in sight. */
  panel?: ComponentChildren;
  actions: ComponentChildren;
  /** The person asked for it, in a page of ours: no site stands behind it. */
  own?: boolean;
  focusHeading?: boolean;
}) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focusHeading) heading.current?.focus({ preventScroll: true });
  }, [request.requestId, request.state.step]);
  const what = useRef<HTMLElement>(null);
  const hasPanel = panel !== undefined && panel !== null && panel !== false;
  useEffect(() => {
    if (hasPanel) what.current?.scrollTo({ top: 0 }); // it takes room: what is learned, on top, stays in sight
  }, [hasPanel]);
  return (
    <div class={request.agent === undefined ? 'consent' : 'consent of-agent'}>
      <header class="who">
        <h1 ref={heading} tabIndex={-1}>
          <Who request={request} own={own} />
          <span class="ask">{title}</span>
        </h1>
        {request.total > 1 && <span class="queue">{t('queue', String(request.position), String(request.total))}</span>}
        {!own && request.ofThisSite > 1 && (
          <p class="of-site">
            {tn(request.agent === undefined ? 'consent_of_site' : 'consent_of_agent', request.ofThisSite)}
          </p>
        )}
        {request.agent !== undefined && <AskedFor request={request} />}
        {byline}
        {quote !== undefined && quote !== '' && (
          <blockquote>
            “<bdi dir="auto">{quote}</bdi>”
          </blockquote>
        )}
      </header>
      <main ref={what} class="what" tabIndex={0} aria-label={t('consent_details')}>
        {children}
      </main>
      {panel}
      <footer class="decide">{actions}</footer>
    </div>
  );
};

const Who = ({ request: { agent, origin }, own }: { request: Waiting; own: boolean }) => {
  if (own) return <OwnName />;
  return agent === undefined ? <OriginWithTransport origin={origin} /> : <AgentWho agent={agent} />;
};

const OwnName = () => (
  <span class="own-name">
    <Seal state="open" size={24} />
    {t('signet')}
  </span>
);

/** A part of the request under its question. */
export const Section = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="part">
    <h2>{title}</h2>
    {children}
  </section>
);
