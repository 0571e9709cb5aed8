import { byId, element, post } from './parts.js';

const CURRENCY = 'USD';
const MAX_BOTTLES = 12;
const outcome = byId('till-outcome');

/** Bottles by the id of their wine. */
const basket = new Map();
let wines = [];
/** The last permission that was handed in, with the key it is bound to. */
let last;

/** The SDK, as a script of its own. */
const sdk = () => import('/signet.js');

const dollars = (amount) =>
  new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency: CURRENCY,
    trailingZeroDisplay: 'stripIfInteger',
  }).format(amount);

/** Says how it stands: `busy` or `bad`; and where a bank is, to whom one would help. */
function say(kind, text, banks = []) {
  outcome.dataset.kind = kind;
  outcome.textContent = text;
  byId('needs-bank').hidden = banks.length === 0;
  byId('bank').href = banks[0] ?? '';
  for (const button of [byId('pay'), byId('pay-again')]) button.setAttribute('aria-disabled', String(kind === 'busy'));
}

/** Puts the wines on the shelf, each with a price, and with a button where something can be bought. */
export async function openTill(shelf) {
  wines = shelf;
  const { open } = await (await fetch('/till')).json();
  byId('shelf').replaceChildren(...wines.map((wine) => bottle(wine, open)));
  byId('till').hidden = !open;
  // Fetched while the guest looks around, so that nothing has to be waited for once they pay.
  if (open) void sdk();
  showBasket();
}

function bottle(wine, open) {
  const item = document.createElement('li');
  const add = element('button', 'Add', { type: 'button', className: 'small', ariaLabel: `Add ${wine.name}` });
  add.addEventListener('click', () => change(wine.id, 1));
  const foot = element('div', '', { className: 'foot' });
  foot.append(element('b', dollars(wine.price)), ...(open ? [add] : []));
  item.append(element('strong', wine.name), element('span', wine.about), foot);
  return item;
}

function change(id, by) {
  if (outcome.dataset.kind === 'busy') return; // what is being paid stays as it is
  const focused = document.activeElement?.ariaLabel;
  const count = Math.min((basket.get(id) ?? 0) + by, MAX_BOTTLES);
  if (count > 0) basket.set(id, count);
  else basket.delete(id);
  say('', '');
  byId('paid').hidden = true;
  showBasket();
  focusAgain(focused, id);
}

/** The lines were drawn anew: whoever walks through them by key stays where they were, or at the bottle's shelf. */
function focusAgain(label, id) {
  const buttons = [...document.querySelectorAll('#till button, #shelf button')];
  const add = `Add ${wines.find((wine) => wine.id === id)?.name}`;
  const target = [label, add].map((name) => buttons.find(({ ariaLabel }) => ariaLabel === name));
  target.find((button) => button !== undefined)?.focus();
}

const chosen = () => wines.filter(({ id }) => basket.has(id));

function showBasket() {
  byId('basket').replaceChildren(...chosen().map(line));
  const cents = chosen().reduce((sum, { id, price }) => sum + basket.get(id) * Math.round(price * 100), 0);
  byId('total').value = dollars(cents / 100);
  byId('filled').hidden = basket.size === 0;
  byId('empty').hidden = basket.size > 0 || !byId('paid').hidden;
}

function line({ id, name, price }) {
  const item = document.createElement('li');
  const fewer = element('button', '−', { type: 'button', className: 'count', ariaLabel: `One ${name} fewer` });
  const more = element('button', '+', { type: 'button', className: 'count', ariaLabel: `One ${name} more` });
  fewer.addEventListener('click', () => change(id, -1));
  more.addEventListener('click', () => change(id, 1));
  const counter = element('span', '', { className: 'counter' });
  counter.append(fewer, element('output', basket.get(id)), more);
  item.append(element('span', name, { className: 'what' }), counter, element('b', dollars(price * basket.get(id))));
  return item;
}

const TOO_MANY = -32005;
/** Milliseconds after which a wallet listens to a site once more. */
const HEARD_AGAIN = 10_000;

const WHY = {
  4001: 'Your wallet allowed nothing, so nothing was taken. Nothing was sent to us.',
  4200: 'Your wallet cannot pay yet.',
  4900: 'Your wallet asks you to try once more.',
  [TOO_MANY]: 'Your wallet has too much waiting. Look into its window first.',
};

/** Runs one payment at a time, and says what came of it. */
async function paying(pay) {
  try {
    await pay();
  } catch (error) {
    say('bad', WHY[error.code] ?? error.message);
  }
}

/** Rings the basket up: what it costs, and what to ask the wallet, is our server's word. */
async function ringUp(bottles) {
  const response = await post('/order', { basket: bottles });
  const order = await response.json();
  if (!response.ok) throw new Error(order.error ?? order.why);
  return order;
}

/** A key pair of this page alone, for one purchase: its private half cannot be read, not even here. */
const newHolder = () =>
  window.crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);

async function payNew() {
  if (window.signet === undefined) throw new Error('No wallet answered in this browser.');
  say('busy', 'Your wallet is asking you. Look for its window.');
  byId('paid').hidden = true;
  const bottles = Object.fromEntries(basket);
  const [{ requestCapability }, order, holder] = await Promise.all([sdk(), ringUp(bottles), newHolder()]);
  const holder_jwk = await window.crypto.subtle.exportKey('jwk', holder.publicKey);
  const { token, standing } = await requestCapability({ ...order.spec, holder_jwk });
  last = { token, standing, key: holder.privateKey, bottles };
  if (await handIn(order, last)) basket.clear();
  showBasket();
}

/** The same permission for a second basket of the same bottles: it was for one. */
async function payAgain() {
  say('busy', 'Handing in the same permission again.');
  await handIn(await ringUp(last.bottles), last);
}

/** Hands a permission to our server, with a proof for exactly this purchase. Only the server decides. */
async function handIn({ nonce, spec }, { token, standing, key }) {
  const { proveHolder } = await sdk();
  const body = JSON.stringify({ nonce, token, standing });
  const url = `${window.location.origin}/checkout`;
  const use = { method: 'POST', url, action: spec.kind, amount: spec.max_amount, currency: spec.currency, body };
  const proof = await proveHolder(token, use, { key, nonce });
  const headers = { 'Content-Type': 'application/json', 'Signet-Proof': proof };
  const answer = await (await fetch(url, { method: 'POST', headers, body })).json();
  if (answer.paid) await showPaid(answer);
  else await showRefused(answer);
  return answer.paid === true;
}

async function showPaid({ items, amount, receipt }) {
  say('', '');
  byId('paid-what').textContent = `${dollars(amount)} for ${items}.`;
  byId('receipt').textContent = receipt;
  byId('paid-kept').textContent = '';
  byId('paid').hidden = false;
  byId('paid-title').focus();
  const kept = await keep(receipt);
  byId('paid-kept').textContent = kept
    ? 'Your wallet keeps our receipt.'
    : 'Your wallet did not keep our receipt. Here it is.';
  byId('receipt-fold').open = !kept;
}

/** What we did not take is given back, by a receipt that says so: the wallet no longer counts it. */
async function showRefused({ why, error, banks, receipt }) {
  say('bad', why ?? error, banks);
  if (receipt !== undefined && (await keep(receipt))) say('bad', `${why} Your wallet has it back.`, banks);
}

/** Whether the wallet takes a receipt of ours. One that was asked too often is asked again when it hears us again. */
async function keep(receipt, tries = 6) {
  try {
    await window.signet.offerCredential({ receipt });
    return true;
  } catch (error) {
    if (error.code !== TOO_MANY || tries === 0) return false;
    await new Promise((resolve) => void window.setTimeout(resolve, HEARD_AGAIN));
    return keep(receipt, tries - 1);
  }
}

const onClick = (id, pay) =>
  byId(id).addEventListener('click', ({ currentTarget }) => {
    if (currentTarget.getAttribute('aria-disabled') !== 'true') void paying(pay);
  });

onClick('pay', payNew);
onClick('pay-again', payAgain);
