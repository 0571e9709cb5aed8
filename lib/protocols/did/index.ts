export * from './resolve-did.ts';
