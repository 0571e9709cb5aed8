import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { launchWithExtension } from '../../../tools/browser/launch.ts';
import { serve } from '../../e2e/setup/server.ts';
import type { CheckOrder, CheckTimes } from './worker.ts';

/** The same as in Node, in a worker of a real browser without the extension: one set of samples for each order. */
export async function timeInWorker(orders: readonly CheckOrder[]): Promise<readonly (readonly number[])[]> {
  const script = { headers: { 'content-type': 'text/javascript' }, body: await bundle() };
  await using server = await serve({ '/': '<!doctype html><title>Checks</title>', '/worker.js': script });
  const opened = await launchWithExtension({ extensionPath: null });
  try {
    const page = await opened.browser.newPage();
    await page.goto(server.origin());
    const times: (readonly number[])[] = [];
    for (const order of orders) {
      const answer = await page.evaluate(askWorker, order);
      if ('error' in answer) throw new Error(`In the worker: ${answer.error}`);
      times.push(answer.samples);
    }
    return times;
  } finally {
    await opened.close();
  }
}

/** Runs in the page: a worker of its own for each order. */
function askWorker(order: CheckOrder): Promise<CheckTimes> {
  return new Promise((resolve) => {
    const worker = new Worker('/worker.js');
    worker.onmessage = ({ data }: MessageEvent<CheckTimes>) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = ({ message }) => resolve({ error: message });
    worker.postMessage(order);
  });
}

/** One classic script with all of the SDK that it uses. */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'chrome137',
      lib: { entry: fileURLToPath(new URL('worker.ts', import.meta.url)), formats: ['iife'], name: 'check' },
    },
  });
  const [first] = [built].flat();
  const [chunk] = first !== undefined && 'output' in first ? first.output : [];
  if (chunk?.type !== 'chunk') throw new Error('Vite built no worker.');
  return chunk.code;
}
