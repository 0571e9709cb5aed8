export * from './verifying/index.ts';
