export type { ContentEncryption, Encryption } from './encryption.ts';
export { chooseEncryption, CONTENT_ENCRYPTIONS, encryptJson, KEY_AGREEMENT } from './encryption.ts';
export { isSignedByCertificate, SIGNATURE_ALGORITHMS } from './certificate-signature.ts';
