const byId = (id) => document.getElementById(id);
const outcome = byId('outcome');
const acts = ['ask', 'put', 'take-back'];

/** What the bank says to ask the wallet, and the offer that waits to be put there. */
let spec;
let offer;

/** Says how it stands: `busy`, `good` or `bad`. */
function say(kind, text) {
  outcome.dataset.kind = kind;
  outcome.textContent = text;
  for (const id of acts) byId(id).setAttribute('aria-disabled', String(kind === 'busy'));
}

async function answerOf(response) {
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

const post = async (path, body) =>
  answerOf(
    await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  );

const dollars = (amount, currency) =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' }).format(
    amount,
  );

const day = (time) => new Date(time).toLocaleDateString(undefined, { dateStyle: 'long' });
const minute = (time) => new Date(time).toLocaleTimeString(undefined, { timeStyle: 'short' });

/** What the bank offers, and what this customer has. */
async function showLimit() {
  const { amount, currency, days, held, ...asked } = await answerOf(await fetch('/limit'));
  ({ spec } = asked);
  byId('amount').value = dollars(amount, currency);
  byId('until').textContent = `${days} days from today`;
  if (held === undefined) showState('none');
  else showHeld(held);
  say('', '');
}

/** How it stands, in words, and what can be done about it. */
const STATES = {
  none: ['Not granted', ['ask']],
  signed: ['Signed, and not in your wallet yet', ['put']],
  taken: ['In your wallet', ['take-back']],
  'taken-back': ['Taken back', ['ask']],
};

function showState(state, more = '') {
  const [words, possible] = STATES[state];
  byId('passbook').dataset.state = state;
  byId('state').textContent = `${words}${more}`;
  byId('stamp').hidden = state !== 'taken-back';
  for (const id of acts) byId(id).hidden = !possible.includes(id);
}

function showHeld(held) {
  ({ offer } = held);
  byId('until').textContent = day(held.expiresAt);
  if (held.takenBackAt !== undefined)
    showState('taken-back', ` at ${minute(held.takenBackAt)}, ${day(held.takenBackAt)}`);
  else showState(held.isTaken ? 'taken' : 'signed');
}

const WHY = {
  4001: 'Your wallet said no, so nothing is granted. You can ask again whenever you like.',
  4200: 'Your wallet cannot hold a limit yet.',
  4900: 'Your wallet asks you to try once more.',
  '-32005': 'Your wallet has too much waiting. Look into its window first.',
};

/** Runs one thing at a time, and says what came of it. */
async function busy(act) {
  try {
    await act();
  } catch (error) {
    say('bad', WHY[error.code] ?? error.message);
  }
}

/** The wallet shows a key by a token that allows nothing, and the bank signs a limit to that key. */
async function ask() {
  if (window.signet === undefined) throw new Error('No wallet answered in this browser.');
  say('busy', 'Your wallet is asking you. Look for its window.');
  const { token } = await window.signet.requestCapability(spec);
  const { held } = await post('/enrol', { token });
  showHeld(held);
  say('good', 'Signed for you. One more step: it is of no use outside your wallet.');
  byId('put').focus();
}

/** A step of its own: a wallet opens its window when the person has just touched the page. */
async function put() {
  say('busy', 'Read it in your wallet. Look for its window.');
  try {
    await window.signet.offerCredential({ authority_offer: offer });
  } catch (error) {
    if (error.code === 4001) {
      await post('/answered', { taken: false });
      showState('none');
    }
    throw error;
  }
  const { held } = await post('/answered', { taken: true });
  showHeld(held);
  say('good', 'Done. From now on a shop that trusts us can check it.');
}

/** From now on every shop that asks is told no. The wallet is told too, so that it offers the limit to nobody. */
async function takeBack() {
  say('busy', 'Taking it back.');
  const { revocation, held } = await post('/take-back', {});
  showHeld(held);
  const told = await window.signet?.offerCredential({ authority_offer: revocation }).catch(() => undefined);
  say(
    'good',
    told === undefined
      ? 'Taken back: every shop that asks us hears no. Your wallet could not be told.'
      : 'Taken back: every shop that asks us hears no, and your wallet knows.',
  );
}

for (const [id, act] of [
  ['ask', ask],
  ['put', put],
  ['take-back', takeBack],
]) {
  byId(id).addEventListener('click', ({ currentTarget }) => {
    if (currentTarget.getAttribute('aria-disabled') !== 'true') void busy(act);
  });
}

// A wallet is there before any script of ours, or not at all.
byId('no-signet').hidden = window.signet !== undefined;
showLimit().catch(() => say('bad', 'The bank did not answer. Reload the page to try again.'));
