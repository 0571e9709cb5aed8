/** The authorization channel: how the person is asked when they are elsewhere (design §2). */
export * from './webhook/index.ts';
