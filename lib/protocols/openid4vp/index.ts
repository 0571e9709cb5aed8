export * from './answer.ts';
export * from './authorization-request.ts';
export * from './error-code.ts';
export * from './link.ts';
export * from './read-dc-api.ts';
export * from './transaction-data.ts';
export * from './transaction-types.ts';
export * from './verifier.ts';
