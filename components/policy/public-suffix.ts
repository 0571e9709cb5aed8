/**
 * Loads the Public Suffix List (tldts): whether a host is everybody's, such as `co.uk` or `github.io`, so that no rule
 * can be about all who have a name below it.
 */
export async function loadPublicSuffix(): Promise<(host: string) => boolean> {
  const { parse } = await import('tldts');
  return (host) => {
    const { isIp, publicSuffix } = parse(host, { allowPrivateDomains: true });
    return isIp !== true && host !== 'localhost' && publicSuffix === host;
  };
}
