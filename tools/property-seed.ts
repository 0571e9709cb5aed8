/** Set up for every test: `SIGNET_SEED` makes the property tests of a run repeat another's. */
const seed = process.env['SIGNET_SEED'];
if (seed !== undefined && seed !== '') {
  const { configureGlobal } = await import('fast-check');
  configureGlobal({ seed: Number(seed) });
}
