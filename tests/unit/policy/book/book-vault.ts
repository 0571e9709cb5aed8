import type { OpenVault, VaultTx } from '../../../../lib/vault/index.ts';
import { OpenVault as Vault } from '../../../../lib/vault/index.ts';
import type { PolicyRequest, PolicySet, Rule } from '../../../../lib/policy/index.ts';
import { PolicyBook, leastRoleOf } from '../../../../lib/policy/index.ts';
import type { BareStores } from '../../../fixtures/vault/bare-vault.ts';
import { bareKeys, bareStores } from '../../../fixtures/vault/bare-vault.ts';

export const NOW = Date.UTC(2026, 10, 24);
export const DAY = 86_400_000;
export const SHOP = 'https://shop.example';
export const BAR = 'https://bar.example';

export const newBook = (): PolicyBook => new PolicyBook({ leastRole: leastRoleOf });

export function emptyVault(stores: BareStores = bareStores()): OpenVault {
  return Vault.empty(stores, bareKeys());
}

/** A permit for one site and one claim, unless said otherwise. */
export const ruleOf = (changes: Partial<Rule> = {}): Rule => ({
  id: 'shop-age',
  effect: 'permit',
  subject: { site: SHOP },
  action: 'prove',
  claims: ['age_over_21'],
  when: [],
  locked: false,
  made: { at: NOW, by: 'person' },
  ...changes,
});

export const setOf = (...rules: readonly Rule[]): PolicySet => ({
  v: 1,
  rules: [...rules].sort((a, b) => (a.id < b.id ? -1 : 1)),
});

/** The rules instead of those in force. */
export const saveRules = (
  vault: OpenVault,
  book: PolicyBook,
  rules: readonly Rule[],
  { at = NOW, unlock = [] }: { readonly at?: number; readonly unlock?: readonly string[] } = {},
) => vault.transact((tx) => book.save(tx, () => setOf(...rules), { at, unlock }));

export const requestOf = (subject: string, claim: string, time = NOW): PolicyRequest => ({
  subject: { type: 'site', id: subject, properties: { host: new URL(subject).hostname } },
  action: { name: 'prove' },
  resource: { type: 'claim', id: claim, properties: { tier: 1, format: 'dc+sd-jwt' } },
  context: { time, present: true },
});

/** All records, by label and index. */
export async function contentOf(vault: OpenVault): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { address, bytes } of vault.records()) {
    found.set(`${address.label} ${address.index}`, Buffer.from(bytes).toString('latin1'));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const inOne = async (vault: OpenVault, work: (tx: VaultTx) => Promise<unknown>): Promise<void> => {
  await vault.transact(async (tx) => {
    await work(tx);
  });
};
