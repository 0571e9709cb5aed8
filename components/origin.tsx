import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { t } from '../lib/platform/index.ts';
import { Icon } from './icon.tsx';
import type { FindRegistrable } from './origin-parts.ts';
import { splitOrigin } from './origin-parts.ts';

/** How registrable domains are found; a page provides it once the list is loaded. */
export const Registrable = createContext<FindRegistrable>(() => null);

/** An origin with its registrable domain in bold, isolated from the text around it. */
export const Origin = ({ origin }: { origin: string }) => {
  const parts = splitOrigin(origin, useContext(Registrable));
  return (
    <bdi class="origin" title={origin}>
      {parts.transport === 'other' && 'http://'}
      {parts.before}
      <strong>{parts.registrable}</strong>
      {parts.port}
      {parts.ascii !== '' && (
        <>
          {' '}
          <span class="ascii">({parts.ascii})</span>
        </>
      )}
    </bdi>
  );
};

/** The same with what protects the way to it: a lock, this computer, or a warning; and a warning on mixed scripts. */
export const OriginWithTransport = ({ origin }: { origin: string }) => {
  const { transport, ascii } = splitOrigin(origin, useContext(Registrable));
  return (
    <span class="origin-line">
      <TransportIcon transport={transport} />
      <span class="stack-tight">
        <Origin origin={origin} />
        {transport === 'local' && <span class="small soft">{t('origin_local')}</span>}
        {transport === 'other' && <span class="small is-warn">{t('origin_insecure')}</span>}
        {ascii !== '' && <span class="small is-warn">{t('origin_mixed')}</span>}
      </span>
    </span>
  );
};

const TransportIcon = ({ transport }: { transport: 'secure' | 'local' | 'other' }) => {
  if (transport === 'other') {
    return (
      <span class="is-warn">
        <Icon name="warn" />
      </span>
    );
  }
  return (
    <span class="soft">
      <Icon name={transport === 'local' ? 'monitor' : 'lock'} size={16} />
      {transport === 'secure' && <span class="unseen">{t('origin_secure')}</span>}
    </span>
  );
};
