import { createHash } from 'node:crypto';

/** SHA-256, as both @sd-jwt and @openid4vc want it. */
export const hasher = (data: string | ArrayBuffer | Uint8Array): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(data instanceof ArrayBuffer ? new Uint8Array(data) : data)
      .digest(),
  );
