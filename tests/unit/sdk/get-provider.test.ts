import { afterEach, describe, expect, it, vi } from 'vitest';
import type { SignetProvider } from '../../../lib/sdk/index.ts';
import { getProvider } from '../../../lib/sdk/index.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Something to tell one provider from another; getProvider calls nothing on it. */
const provider = (version: string): SignetProvider =>
  Object.assign(new EventTarget(), { version }) as unknown as SignetProvider;

function page(members: object = {}): EventTarget {
  const target = Object.assign(new EventTarget(), members);
  vi.stubGlobal('window', target);
  return target;
}

const announce = (target: EventTarget, detail: unknown): void => {
  target.addEventListener('signet:requestProvider', () => {
    target.dispatchEvent(new CustomEvent('signet:announceProvider', { detail }));
  });
};

describe('getProvider', () => {
  it('gives window.signet where it is', async () => {
    const signet = provider('1');
    page({ signet });
    expect(await getProvider()).toBe(signet);
  });

  it('asks for an announcement, and takes the one of tools.signet', async () => {
    const target = page();
    const signet = provider('1');
    announce(target, { info: { rdns: 'other.wallet' }, provider: provider('2') });
    announce(target, null);
    announce(target, { info: { rdns: 'tools.signet' } });
    announce(target, { info: { rdns: 'tools.signet' }, provider: signet });
    expect(await getProvider({ timeout: 60_000 })).toBe(signet);
  });

  it('takes an announcement that comes late', async () => {
    const target = page();
    const found = getProvider({ timeout: 60_000 });
    const signet = provider('1');
    target.dispatchEvent(
      new CustomEvent('signet:announceProvider', { detail: { info: { rdns: 'tools.signet' }, provider: signet } }),
    );
    expect(await found).toBe(signet);
  });

  it('gives undefined where there is no wallet', async () => {
    page();
    expect(await getProvider({ timeout: 1 })).toBeUndefined();
  });

  it('throws outside a page, and for a timeout that is none', async () => {
    await expect(getProvider()).rejects.toMatchObject({ reason: 'unsupported' });
    page();
    for (const timeout of [-1, Number.NaN, Infinity]) {
      await expect(getProvider({ timeout })).rejects.toMatchObject({ reason: 'bad_request', field: 'timeout' });
    }
  });
});
