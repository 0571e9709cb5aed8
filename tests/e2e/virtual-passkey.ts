import type { CDPSession, Page } from 'puppeteer';

/** An authenticator of the browser's own, on one page: what it makes is known to that page alone. */
export interface VirtualPasskeys {
  /** How many passkeys it holds. */
  count(): Promise<number>;
  /** Whether it finds from here on that the person is who they should be. */
  verify(verified: boolean): Promise<void>;
}

/** Puts an authenticator of the platform on the page: it verifies the person and has a PRF, unless told otherwise. */
export async function virtualPasskeys(page: Page, { hasPrf = true } = {}): Promise<VirtualPasskeys> {
  const session: CDPSession = await page.createCDPSession();
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf,
    },
  });
  return {
    async count() {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
      return credentials.length;
    },
    async verify(isUserVerified) {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
  };
}
