const byId = (id) => document.getElementById(id);

const post = async (path, body) => {
  const headers = { 'Content-Type': 'application/json' };
  const reply = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const value = await reply.json();
  if (!reply.ok) throw new Error(value.error);
  return value;
};

/** A wallet takes so many calls of a site at once, and then one in so many milliseconds. */
const BURST = 8;
const REFILL = 10_500;

const rows = new Map();
/** Tasks fetched before a click is spent on them, by the id of their case. */
const tasks = new Map();
const asked = [];
let busy = false;

function element(tag, textContent = '', more = {}) {
  return Object.assign(document.createElement(tag), { textContent }, more);
}

function addGroup(name) {
  const body = document.createElement('tbody');
  const heading = element('th', name, { colSpan: 3, scope: 'rowgroup' });
  const row = document.createElement('tr');
  row.append(heading);
  body.append(row);
  byId('results').append(body);
  return body;
}

function addRow(body, { id, title }) {
  const row = element('tr', '', { id: `case-${id}` });
  const outcome = element('td', 'Not run yet.');
  const button = element('button', 'Run', { type: 'button' });
  button.setAttribute('aria-label', `Run: ${title}`);
  button.addEventListener('click', () => void run(id));
  const last = document.createElement('td');
  last.append(button);
  row.append(element('th', title, { scope: 'row' }), outcome, last);
  row.dataset.state = 'open';
  body.append(row);
  rows.set(id, { row, outcome, title });
}

function show(id, state, says) {
  const { row, outcome } = rows.get(id);
  row.dataset.state = state;
  outcome.textContent = state === 'passed' ? `✓ ${says}` : state === 'failed' ? `✗ ${says}` : says;
  tell();
}

function tell() {
  const states = [...rows.values()].map(({ row }) => row.dataset.state);
  const count = (state) => states.filter((one) => one === state).length;
  byId('state').textContent = `${count('passed')} of ${states.length} passed, ${count('failed')} failed.`;
  byId('next').setAttribute('aria-disabled', String(busy || nextId() === undefined));
}

const nextId = () => [...rows].find(([, { row }]) => row.dataset.state === 'open')?.[0];

/** Fetches what a case asks, so that a click goes to the wallet at once. */
function prepare(id) {
  if (id !== undefined && !tasks.has(id)) tasks.set(id, post('/start', { id }));
}

/** How long to wait before the wallet takes another call. */
function wait() {
  const earliest = asked.length < BURST ? 0 : asked[asked.length - BURST] + REFILL;
  return Math.max(0, earliest - Date.now());
}

async function run(id) {
  if (busy) return;
  if (wait() > 0) {
    show(id, rows.get(id).row.dataset.state, `Wait for ${Math.ceil(wait() / 1000)} seconds, and run it again.`);
    return;
  }
  busy = true;
  try {
    prepare(id);
    const task = await tasks.get(id);
    tasks.delete(id);
    if (task.link === undefined) await call(id, task);
    else await follow(id, task);
  } catch (error) {
    show(id, 'failed', error.message);
  } finally {
    busy = false;
    tell();
    prepare(nextId());
  }
}

/** Calls the Digital Credentials API, and has the server decide about what comes. */
async function call(id, { run: name, request }) {
  show(id, 'running', 'Your wallet is asking you.');
  asked.push(Date.now());
  const said = await window.navigator.credentials.get(request).then(
    (credential) => ({ answer: { protocol: credential?.protocol, data: credential?.data } }),
    (error) => ({ error: error.name }),
  );
  const { passed, says } = await post('/answered', { run: name, ...said });
  show(id, passed ? 'passed' : 'failed', says);
}

/** Shows a link, and waits until the wallet has posted its answer. */
async function follow(id, { run: name, link }) {
  show(id, 'running', 'Copy this link into your wallet: ');
  rows.get(id).outcome.append(element('code', link, { className: 'link' }));
  for (let left = 600; left > 0; left--) {
    const { passed, says } = await (await fetch(`/outcome?run=${name}`)).json();
    if (says !== undefined) return show(id, passed ? 'passed' : 'failed', says);
    await new Promise((resolve) => window.setTimeout(resolve, 500));
  }
  throw new Error('No wallet answered in five minutes.');
}

byId('next').addEventListener('click', () => {
  const id = nextId();
  if (id !== undefined) void run(id);
});

byId('no-api').hidden = window.navigator.credentials?.get !== undefined;

/** `?group=` shows one group alone. */
const wanted = new window.URLSearchParams(window.location.search).get('group');
const cases = (await (await fetch('/cases')).json()).filter(({ group }) => wanted === null || group === wanted);
for (const group of new Set(cases.map((one) => one.group))) {
  const body = addGroup(group);
  for (const one of cases) if (one.group === group) addRow(body, one);
}
tell();
prepare(nextId());
document.body.dataset.ready = 'true';
