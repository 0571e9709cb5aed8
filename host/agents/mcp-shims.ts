export { default as process } from 'node:process';

/**
 * What stands in the bundle for the part of the protocol's package that differs by platform: the same, without the checker
 * of answers to forms, which weighs 300 kB. This server shows no forms and says so itself (`mcp-server.ts`).
 */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('Signet shows no forms.');
  }
}
