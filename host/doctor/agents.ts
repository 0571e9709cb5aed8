import type { Check } from './check.ts';

/** Its parts are loaded when they are looked at: the bridge is a file of its own. */
async function load(env: NodeJS.ProcessEnv) {
  const [checks, { bridgeFolders }] = await Promise.all([
    import('../agents/checks.ts'),
    import('../agents/folders.ts'),
  ]);
  return { checks, folders: bridgeFolders(env) };
}

/** Whether browsers can start the bridge. */
export const bridgeCheck: Check = {
  name: 'Bridge',
  async look({ env }) {
    const { checks, folders } = await load(env);
    return checks.checkInstalled(folders, env);
  },
};

/** Whether a wallet in a browser answers. */
export const walletCheck: Check = {
  name: 'Wallet',
  async look({ env }) {
    const { checks, folders } = await load(env);
    return checks.checkWallets(folders);
  },
};

/** The keys of agents that were paired. */
export const agentsCheck: Check = {
  name: 'Agents',
  async look({ env }) {
    const { checks, folders } = await load(env);
    return checks.checkAgents(folders);
  },
};
