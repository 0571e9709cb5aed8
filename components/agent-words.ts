import { displayText } from '../lib/core/index.ts';
import type { AgentAsker } from '../lib/messaging/index.ts';
import { t } from '../lib/platform/index.ts';

/** What an agent is called: by the person, or by nobody while the vault is locked. */
export const agentWords = ({ name }: AgentAsker): string => (name === '' ? t('agent_unnamed') : displayText(name, 60));
