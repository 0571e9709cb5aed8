export * from './bytes.ts';
export * from './clock.ts';
export * from './encoding.ts';
export * from './errors.ts';
export * from './json.ts';
export * from './origin.ts';
export * from './secret-bytes.ts';
export * from './text.ts';
