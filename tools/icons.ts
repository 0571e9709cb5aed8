/**
 * Draws the toolbar and store icons from the seal in components/seal.tsx: `node tools/icons.ts`.
 * Uses the Chromium at PUPPETEER_EXECUTABLE_PATH, or /usr/bin/chromium. The pictures are committed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import puppeteer from 'puppeteer';

const SOURCE = new URL('../components/seal.tsx', import.meta.url);
const TARGET = new URL('../public/icons/', import.meta.url);

const WAX = '#9c2a2d';
const PAPER = '#fffaf3';

/** Below this many pixels the ring would blur into the mark and is left out. */
const RING_FROM = 24;

const ICONS = [
  { state: 'open', sizes: [16, 32, 48, 128] },
  { state: 'locked', sizes: [16, 32] },
] as const;

const source = await readFile(SOURCE, 'utf8');
const edge = pathIn('EDGE');
const mark = pathIn('SEAL_MARK');

const browser = await puppeteer.launch({
  executablePath: process.env['PUPPETEER_EXECUTABLE_PATH'] ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();
await mkdir(TARGET, { recursive: true });
for (const { state, sizes } of ICONS) {
  for (const size of sizes) {
    await page.setViewport({ width: size, height: size });
    await page.setContent(`<style>body{margin:0}svg{display:block}</style>${seal(state, size)}`);
    await writeFile(new URL(`${state}-${size}.png`, TARGET), await page.screenshot({ omitBackground: true }));
  }
}
await browser.close();

/** The value of a string constant of the seal, so that the icons cannot drift from it. */
function pathIn(name: string): string {
  const found = new RegExp(`${name} =\\s+'([^']+)'`).exec(source)?.[1];
  if (found === undefined) throw new Error(`components/seal.tsx has no ${name}.`);
  return found;
}

function seal(state: 'open' | 'locked', size: number): string {
  const small = size < RING_FROM;
  const ink = state === 'open' ? PAPER : WAX;
  const ring = small ? '' : `<circle cx="50" cy="50" r="33" stroke-width="4"/>`;
  const scale = !small ? '' : state === 'open' ? 'translate(-19 -19) scale(1.38)' : 'translate(-6 -6) scale(1.12)';
  const body =
    state === 'open'
      ? `<path d="${edge}" fill="${WAX}" transform="translate(-2.5 -2.5) scale(1.05)"/>`
      : `<path d="${edge}" fill="${PAPER}" stroke="${WAX}" stroke-width="${small ? 11 : 7}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100" fill="none" stroke-linecap="round">
    ${body}<g stroke="${ink}" stroke-width="${small ? 8 : 7}">${ring}<path d="${mark}" transform="${scale}"/></g></svg>`;
}
