import type { AuthorizerBuilder, Biscuit, PublicKey } from '@biscuit-auth/biscuit-wasm';

/** The gift policy as Biscuit says it: one check for each clause, and facts for what the host answers. */
const CHECKS = `
check if actor_pub("K_ai");
check if action("payments.create");
check if amount($a), $a <= 50;
check if recipient($r), ["niece@example.com", "mom@example.com"].contains($r);
check if purpose("giftcard");
check if day($d), per_day_count("payments.create", $d, $n), $n <= 1;
check if device_attested(true);
check if dpop_ok(true);
check if actor_pub($p), action($c), recipient($r), day($d), merkle_ok($p, $c, $r, 50, "giftcard", $d);
check if day($d), amount($a), vrf_ok($d, $a);
`;

const factsOf = (amount: number): string => `
actor_pub("K_ai"); action("payments.create"); recipient("niece@example.com"); purpose("giftcard"); amount(${amount});
day("2025-09-29"); device_attested(true); dpop_ok(true); per_day_count("payments.create", "2025-09-29", 0);
merkle_ok("K_ai", "payments.create", "niece@example.com", 50, "giftcard", "2025-09-29");
vrf_ok("2025-09-29", ${amount});
allow if true;
`;

/** Its own limit of a few milliseconds ends the first calls, before the engine has compiled them. */
const LIMITS = { max_facts: 1000, max_iterations: 100, max_time_micro: 10_000_000 };

/** Whether each permits an amount. */
export interface BiscuitPeer {
  /** Reads the token, checks its signature, and authorises. */
  fromToken(amount: number): boolean;
  /** Authorises by a token that was read before. */
  authorise(amount: number): boolean;
}

/** Loads the library, which says so on the console; rejects where WebAssembly cannot be imported. */
export async function loadBiscuit(): Promise<BiscuitPeer> {
  const biscuit = await import('@biscuit-auth/biscuit-wasm');
  const keys = new biscuit.KeyPair(biscuit.SignatureAlgorithm.Ed25519);
  const builder = new biscuit.BiscuitBuilder();
  builder.addCode(CHECKS);
  const issued = builder.build(keys.getPrivateKey());
  const token = issued.toBase64();
  const issuer: PublicKey = keys.getPublicKey();
  const decide = (read: Biscuit, amount: number): boolean => permits(new biscuit.AuthorizerBuilder(), read, amount);
  return {
    fromToken(amount) {
      const read = biscuit.Biscuit.fromBase64(token, issuer);
      try {
        return decide(read, amount);
      } finally {
        read.free();
      }
    },
    authorise: (amount) => decide(issued, amount),
  };
}

function permits(builder: AuthorizerBuilder, token: Biscuit, amount: number): boolean {
  builder.addCode(factsOf(amount));
  const authorizer = builder.buildAuthenticated(token);
  try {
    return authorizer.authorizeWithLimits(LIMITS) === 0;
  } catch (refused) {
    if (typeof refused === 'object' && refused !== null && 'FailedLogic' in refused) return false;
    throw refused;
  } finally {
    authorizer.free();
  }
}
