import type { Frame, Page } from 'puppeteer';

/** A proof request that any wallet would have to ask the person about; `nonce` tells two of them apart. */
export const proofRequest = (nonce = 'AAAAAAAAAAAAAAAAAAAAAA') => ({
  claims: ['age_over_21'],
  nonce,
  purpose: 'To see that you may shop here.',
});

/** How a page's promise ended: its value, or the code and message of its error. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly code: unknown; readonly name: string; readonly message: string; readonly field?: string };

/**
 * Evaluates an expression of the page and tells how its promise ended. It has its text run by the page's own script,
 * so that it gets no user activation from the test.
 */
export async function outcomeOf(page: Page | Frame, expression: string): Promise<Outcome> {
  await begin(page, 'outcome', expression);
  return ended(page, 'outcome');
}

/** Starts an expression in the page under a name; `ended` waits for it. */
export async function begin(page: Page | Frame, name: string, expression: string): Promise<void> {
  await page.evaluate(`void (globalThis[${JSON.stringify(`signet test ${name}`)}] = (async () => (${expression}))().then(
    (value) => ({ value }),
    (error) => ({ code: error?.code, name: String(error?.name), message: String(error?.message), field: error?.data?.field }),
  ))`);
}

/** Waits for what `begin` started. */
export async function ended(page: Page | Frame, name: string): Promise<Outcome> {
  return (await page.evaluate(`globalThis[${JSON.stringify(`signet test ${name}`)}]`)) as Outcome; // made by `begin`
}

/** Whether what `begin` started still waits. */
export async function isPending(page: Page | Frame, name: string): Promise<boolean> {
  const waiting = `Promise.race([globalThis[${JSON.stringify(`signet test ${name}`)}], Promise.resolve('waiting')])`;
  return (await page.evaluate(waiting)) === 'waiting';
}

/**
 * Source of a function that forges the provider's side: hands the relay of its document a call, as any script in the
 * page can. It resolves with `'not taken'` where no relay listens, else with the answer.
 */
export const FORGE = `function forge(method, params) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = (event) => resolve(event.data)));
  const untaken = dispatchEvent(new MessageEvent('signet:call', { cancelable: true, ports: [port2] }));
  if (untaken) return Promise.resolve('not taken');
  port1.postMessage({ method, params: typeof params === 'string' ? params : JSON.stringify(params) });
  return answer;
}`;
