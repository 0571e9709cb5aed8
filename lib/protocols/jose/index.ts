export type { ContentEncryption, Encryption } from './encryption.ts';
