import '../../../components/base.css';
import './page.css';
import { SignetError, toBase64, toHex } from '../../../lib/core/index.ts';
import type { Address } from '../../../lib/vault/blind-db/address.ts';
import type { OpenedRecord, StoredRow } from './vault-rows.ts';
import { freshWords, idOf, keysOfWords, leadsTo, openRows, rowsOf } from './vault-rows.ts';

const part = <E extends HTMLElement>(id: string, type: new () => E): E => {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${id}.`);
  return found;
};

const secret = part('secret', HTMLTextAreaElement);
const label = part('label', HTMLInputElement);
const index = part('index', HTMLInputElement);
const value = part('value', HTMLTextAreaElement);
const key = part('key', HTMLTextAreaElement);
const outcome = part('outcome', HTMLElement);

/** What the page's database holds, oldest first: one list of rows for each time something was sealed. */
const sealed: (readonly StoredRow[])[] = [];

part('make-secret', HTMLButtonElement).addEventListener('click', () => {
  secret.value = freshWords();
  problem('secret-problem', undefined);
});
part('seal', HTMLButtonElement).addEventListener('click', () => void seal());
part('open', HTMLButtonElement).addEventListener('click', () => void open());
part('open-wrong', HTMLButtonElement).addEventListener('click', () => {
  key.value = freshWords();
  void open();
});
for (const choice of document.querySelectorAll('input[name="spelling"]')) choice.addEventListener('change', showRows);

secret.value = freshWords();
label.value = 'data/email';
index.value = '0';
value.value = 'ada@example.com';

async function seal(): Promise<void> {
  problem('secret-problem', undefined);
  problem('seal-problem', undefined);
  try {
    const keys = await keysOfWords(secret.value);
    const address = addressTyped();
    sealed.push(rowsOf(keys, address, value.value, sealed.flat().length));
    part('record-id', HTMLOutputElement).value = toHex(idOf(keys, address));
  } catch (thrown) {
    const { message, field } = SignetError.from(thrown);
    problem(field === 'phrase' ? 'secret-problem' : 'seal-problem', message);
    return;
  }
  key.value = secret.value;
  outcome.replaceChildren();
  part('stored', HTMLElement).hidden = false;
  part('back', HTMLElement).hidden = false;
  showRows();
}

/** @throws SignetError bad_request */
function addressTyped(): Address {
  const number = Number(index.value);
  if (label.value === '') throw new SignetError('bad_request', 'Give it a name.', { field: 'label' });
  if (!/^\d+$/.test(index.value) || !Number.isSafeInteger(number)) {
    throw new SignetError('bad_request', 'The number is a whole one, from 0.', { field: 'index' });
  }
  // The formula takes any text; a vault's own names begin with data/ or sys/.
  return { label: label.value as Address['label'], index: number };
}

function showRows(): void {
  const newest = sealed.at(-1) ?? [];
  const rows = sealed.flat().map((row) => ({ row, id: toHex(row.id) }));
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  part('rows', HTMLOListElement).replaceChildren(
    ...rows.map(({ row, id }) => rowElement(row, id, newest.includes(row))),
  );
  part('alike', HTMLElement).textContent = alikeWords();
}

function rowElement({ id, value: bytes }: StoredRow, hex: string, isNew: boolean): HTMLLIElement {
  const inBase64 = document.querySelector('input[name="spelling"][value="base64"]:checked') !== null;
  const item = document.createElement('li');
  item.className = isNew ? 'is-new' : '';
  item.dataset['id'] = hex;
  const head = document.createElement('div');
  head.className = 'head';
  const content = text('p', 'mono bytes', inBase64 ? toBase64(bytes) : toHex(bytes));
  content.tabIndex = 0;
  content.role = 'group';
  content.ariaLabel = 'The bytes of this row';
  head.append(
    text('span', 'mono', inBase64 ? toBase64(id) : hex),
    text('span', 'small soft', `${bytes.length.toLocaleString('en')} bytes${isNew ? ' · just sealed' : ''}`),
  );
  item.append(head, content);
  return item;
}

/** How much the last two rows have in common: what chance gives, and no more. */
function alikeWords(): string {
  const [before, last] = sealed.slice(-2).map(([row]) => row?.value);
  if (before === undefined || last === undefined) return '';
  const alike = last.filter((byte, at) => byte === before[at]).length;
  const chance = Math.round((last.length - 1) / 256) + 1;
  return `Of the last two rows, ${alike} of ${last.length.toLocaleString('en')} bytes are alike; chance alone gives about ${chance}. Their ids have nothing in common.`;
}

async function open(): Promise<void> {
  const rows = sealed.at(-1) ?? [];
  try {
    const keys = await keysOfWords(key.value);
    const opened = await openRows(keys, rows);
    outcome.replaceChildren(opened === undefined ? refusal(leadsTo(keys, rows)) : success(opened));
  } catch (thrown) {
    outcome.replaceChildren(text('p', 'notice harm', SignetError.from(thrown).message));
  }
}

function success({ label: name, index: number, value: content }: OpenedRecord): HTMLElement {
  const list = document.createElement('dl');
  list.className = 'opened notice safe';
  for (const [term, said] of [
    ['Name', name],
    ['Number', String(number)],
    ['Value', content],
  ] as const) {
    list.append(text('dt', '', term), text('dd', 'mono', said));
  }
  return list;
}

const refusal = (leads: boolean): HTMLElement =>
  text(
    'p',
    'notice harm',
    `${leads ? '' : 'These words do not lead to this row: they would look for it under another id. '}And given the bytes, they do not open them: the seal does not hold under any other key.`,
  );

function text<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  className: string,
  content: string,
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}

function problem(id: string, message: string | undefined): void {
  part(id, HTMLElement).textContent = message ?? '';
}
