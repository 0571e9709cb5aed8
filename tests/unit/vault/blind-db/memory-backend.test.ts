import { MemoryBackend } from '../../../../lib/vault/index.ts';
import { describeBackend } from '../../../fixtures/vault/backend-contract.ts';

describeBackend('MemoryBackend', () => new MemoryBackend());
