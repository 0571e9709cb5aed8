import { byId, element, post } from './parts.js';
import { openTill } from './till.js';

/** The SDK, as a script of its own: here before anybody clicks, since a browser counts a click for a few seconds. */
const sdk = import('/signet.js');
const outcome = byId('outcome');
const buttons = [...document.querySelectorAll('[data-way]')];

/** Says how it stands: `busy` or `bad`. */
function say(kind, text) {
  outcome.dataset.kind = kind;
  outcome.textContent = text;
  for (const button of buttons) button.setAttribute('aria-disabled', String(kind === 'busy'));
}

const WHY = {
  4001: 'No proof was given, so the door stays closed. Nothing was sent to us.',
  4200: 'Your wallet cannot answer this kind of question yet.',
  4900: 'Your wallet asks you to try once more.',
  '-32005': 'Your wallet has too much waiting. Look into its window first.',
  NotAllowedError: 'No proof was given, so the door stays closed. Nothing was sent to us.',
};

/** Asks the wallet, and hands its answer to our server: only the server decides. */
async function prove(way) {
  if (way !== 'any' && window.signet === undefined) {
    say('bad', 'No wallet answered in this browser.');
    return;
  }
  say('busy', 'Your wallet is asking you. Look for its window.');
  try {
    const arrived = await post('/arrive', { way });
    const request = await arrived.json();
    if (!arrived.ok) throw new Error(request.error);
    const shown = await (way === 'any' ? askAny(request) : askSignet(request));
    const answer = await (await post('/enter', shown)).json();
    if (answer.welcome) await comeIn(way);
    else say('bad', answer.why ?? 'We could not check this.');
  } catch (error) {
    say('bad', WHY[error.code] ?? WHY[error.name] ?? error.message);
  }
}

async function askSignet(request) {
  const { proof, vp_token } = await window.signet.requestProof(request);
  return { proof, vp_token };
}

/** Asks whatever wallet the visitor has. */
async function askAny(request) {
  const answer = await (await sdk).askWallets(request);
  if (answer === undefined) throw new Error('No wallet answered in this browser.');
  return { answer };
}

/** Shows what lies behind the door. */
async function comeIn(way) {
  const response = await fetch(way === 'member' ? '/evenings' : '/shelf');
  if (!response.ok) return;
  const things = await response.json();
  if (way === 'member') byId('shelf').replaceChildren(...things.map(evening));
  else await openTill(things);
  for (const learned of document.querySelectorAll('[data-after]')) {
    learned.hidden = !learned.dataset.after.split(' ').includes(way);
  }
  for (const id of ['door', 'no-signet', 'papers']) byId(id).hidden = true;
  byId('inside').hidden = false;
  byId('inside-title').focus();
}

function evening({ name, about, price }) {
  const item = document.createElement('li');
  item.append(element('strong', name), element('span', about), element('b', price));
  return item;
}

for (const button of buttons) {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') void prove(button.dataset.way);
  });
}

// A wallet is there before any script of ours, or not at all.
byId('no-signet').hidden = window.signet !== undefined;
