import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { allInOne, ownFolder } from '../keeping/own-folder.ts';

/** Where the bridge to the browser keeps its things. */
export interface BridgeFolders {
  /** One file an agent: its key. */
  readonly keys: string;
  /** Where sockets may be, the folder in which new ones are made first. */
  readonly sockets: readonly string[];
  /** The command as browsers start it, and what was installed. */
  readonly bridge: string;
}

/**
 * All in `SIGNET_DIR` where that is set. Else by the XDG Base Directory Specification, `signet` in the folders of state
 * (keys), of the session (sockets; of state where there is none) and of data (the command). A browser and a terminal may
 * not agree on whether there is a session: both places are looked at.
 */
export function bridgeFolders(env: NodeJS.ProcessEnv = process.env): BridgeFolders {
  const path = allInOne(env);
  if (path !== undefined) {
    return { keys: join(path, 'agents'), sockets: [join(path, 'run')], bridge: join(path, 'bridge') };
  }
  const state = ownFolder(env, 'XDG_STATE_HOME', '.local', 'state');
  const data = ownFolder(env, 'XDG_DATA_HOME', '.local', 'share');
  const ofSession = sessionFolder(env['XDG_RUNTIME_DIR']).map((folder) => join(folder, 'signet', 'agents'));
  return { keys: join(state, 'agents'), sockets: [...ofSession, join(state, 'run')], bridge: join(data, 'bridge') };
}

/** Clients start servers with few of a person's variables: the usual place counts where none is named. */
function sessionFolder(named: string | undefined): readonly string[] {
  if (named !== undefined && isAbsolute(named)) return [named];
  const usual = `/run/user/${String(process.geteuid?.())}`;
  return existsSync(usual) ? [usual] : [];
}
