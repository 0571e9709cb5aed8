import type { LoggedTx } from '../../audit/index.ts';
import { AuditLog } from '../../audit/index.ts';
import { SignetError } from '../../core/index.ts';
import type { ElsewhereView, NewSigner, Opener, OwnRequest, OwnResponse } from '../../messaging/contract.ts';
import {
  dropOldSecret,
  forgetSecret,
  newHmacSecret,
  newSigningKey,
  readBreaker,
  readLastDelivery,
  readNotifySettings,
  rotateSecret,
  saveNotifySettings,
  spellPublicKey,
  spellSecret,
  viewSecrets,
} from '../../notify/index.ts';
import type { SecretsView } from '../../notify/index.ts';
import { withOpener } from '../life/opener.ts';
import type { Services } from '../services.ts';

/** How the person is asked elsewhere, and how that goes. Without any secret. @throws SignetError locked */
export async function viewElsewhere({ keeper, clock }: Services): Promise<ElsewhereView> {
  const vault = await keeper.open();
  const [{ webhook, answers }, secret, breaker, last] = await Promise.all([
    readNotifySettings(vault),
    viewSecrets(vault, clock()),
    readBreaker(vault),
    readLastDelivery(vault),
  ]);
  return {
    ...(webhook === undefined ? {} : { webhook: { ...webhook, signedBy: signerOf(secret) } }),
    ...(answers === undefined ? {} : { answers }),
    ...(secret === undefined ? {} : { secret }),
    breaker: { state: breaker.state, ...('until' in breaker ? { until: breaker.until } : {}) },
    ...(last === undefined ? {} : { last }),
  };
}

type Signer = 'secret' | 'key';

const signerOf = (secret: SecretsView | undefined): Signer => (secret?.publicKey === undefined ? 'secret' : 'key');

/**
 * Sets how the person is asked elsewhere. It takes their opener: it decides who can say yes.
 * @returns what signs, where it is new: a secret is shown this once
 * @throws SignetError `bad_request`, naming `webhook.url`, `answers.url` or `answers.publicKey`; `wrong_password`, `wait`
 */
export async function setElsewhere(
  services: Services,
  { opener, settings }: OwnRequest<'elsewhere.set'>,
): Promise<OwnResponse<'elsewhere.set'>> {
  return changing(services, opener, async (tx) => {
    const { webhook, ...others } = settings;
    if (webhook === undefined) {
      await saveNotifySettings(tx, others);
      return {};
    }
    const { signedBy, ...kept } = webhook;
    await saveNotifySettings(tx, { ...others, webhook: kept });
    const stands = await viewSecrets(tx, services.clock());
    const wanted = signedBy ?? signerOf(stands);
    return stands === undefined || wanted !== signerOf(stands) ? newSecret(services, tx, wanted) : {};
  });
}

/**
 * Another secret, or key, for the webhook; the one that stands signs too for a day, or not at all when it got out.
 * @throws SignetError `bad_request`, field `webhook`, where none is set; `wrong_password`, `wait`
 */
export async function rotateElsewhere(
  services: Services,
  { opener, dropOld }: OwnRequest<'elsewhere.rotate'>,
): Promise<OwnResponse<'elsewhere.rotate'>> {
  return changing(services, opener, async (tx) => {
    if ((await readNotifySettings(tx)).webhook === undefined) {
      throw new SignetError('bad_request', 'No webhook is set up.', { field: 'webhook' });
    }
    const made = await newSecret(services, tx, signerOf(await viewSecrets(tx, services.clock())));
    if (dropOld) await dropOldSecret(tx);
    return made;
  });
}

async function newSecret({ clock }: Services, tx: LoggedTx, signer: Signer): Promise<NewSigner> {
  const made = signer === 'secret' ? newHmacSecret() : newSigningKey();
  try {
    await rotateSecret(tx, made, clock());
    const publicKey = spellPublicKey(made);
    return publicKey === undefined ? { secret: spellSecret(made) } : { publicKey };
  } finally {
    forgetSecret(made);
  }
}

async function changing<T>(services: Services, opener: Opener, work: (tx: LoggedTx) => Promise<T>): Promise<T> {
  const { keeper, clock, book } = services;
  const done = await withOpener(opener, (given) =>
    keeper.grant(given, async ({ vault }) => {
      const log = new AuditLog(vault, { clock, policy: await book.hash(vault) });
      return log.transact(async (tx) => {
        const result = await work(tx);
        await tx.log({ kind: 'elsewhere.changed' });
        return result;
      });
    }),
  );
  services.announce('audit');
  services.elsewhere.changed();
  return done;
}
