const byId = (id) => document.getElementById(id);
const outcome = byId('outcome');
const button = byId('get');

/** A radio button with the person's name and birth date. */
function choiceFor({ id, given_name, family_name, birthdate }, checked) {
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'person', value: id, checked });
  const name = Object.assign(document.createElement('strong'), { textContent: `${given_name} ${family_name}` });
  const date = new Date(`${birthdate}T00:00:00Z`).toLocaleDateString(undefined, { dateStyle: 'long', timeZone: 'UTC' });
  const born = Object.assign(document.createElement('small'), { textContent: `Born ${date}` });
  const text = document.createElement('span');
  text.append(name, born);
  const label = Object.assign(document.createElement('label'), { className: 'person' });
  label.append(input, text);
  return label;
}

async function showPeople() {
  const people = await (await fetch('/people')).json();
  byId('people').replaceChildren(...people.map((person, index) => choiceFor(person, index === 0)));
}

/** Says how it stands: `busy`, `good` or `bad`. */
function say(kind, text) {
  outcome.dataset.kind = kind;
  outcome.textContent = text;
  button.setAttribute('aria-disabled', String(kind === 'busy'));
}

async function prepareOffer() {
  const chosen = new FormData(byId('counter'));
  const response = await fetch('/offers', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      person: chosen.get('person'),
      credential: chosen.get('credential'),
      withCode: byId('with-code').checked,
      how: chosen.get('how'),
    }),
  });
  if (!response.ok) throw new Error('The counter did not answer.');
  return response.json();
}

const WHY = {
  4001: 'Nothing was handed over. You can try again whenever you like.',
  4900: 'Your wallet asks you to try once more.',
  '-32005': 'Your wallet has too much waiting. Look into its window first.',
};

async function getPaper() {
  if (window.signet === undefined) {
    say('bad', 'No wallet answered in this browser.');
    return;
  }
  say('busy', 'Your wallet is asking you. Look for its window.');
  try {
    const { offer, transactionCode } = await prepareOffer();
    byId('letter').hidden = transactionCode === undefined;
    byId('code').textContent = transactionCode ?? '';
    const { credentials, promised = 0 } = await window.signet.offerCredential({ credential_offer: offer });
    const copies = `It is in your wallet: ${credentials} ${credentials === 1 ? 'copy' : 'copies'}.`;
    say('good', promised === 0 ? copies : 'We are making it. Your wallet will ask us again in a while.');
  } catch (error) {
    say('bad', WHY[error.code] ?? error.message);
  } finally {
    byId('letter').hidden = true;
  }
}

byId('counter').addEventListener('submit', (event) => {
  event.preventDefault();
  if (button.getAttribute('aria-disabled') !== 'true') void getPaper();
});

/** Below the counter stands what the chosen paper holds. */
byId('papers').addEventListener('change', ({ target }) => {
  for (const about of document.querySelectorAll('[data-about]')) {
    about.hidden = !about.dataset.about.split(' ').includes(target.value);
  }
});

// A wallet is there before any script of ours, or not at all.
byId('no-signet').hidden = window.signet !== undefined;
showPeople().catch(() => say('bad', 'The register did not answer. Reload the page to try again.'));
