import { useState } from 'preact/hooks';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { Choices } from '../../../../components/fields.tsx';
import { Problem } from '../../../../components/notice.tsx';
import type { LeastRole } from '../../../../components/site-rules.ts';
import { ROLE_NAMES, roleDetail } from '../../../../components/site-words.ts';
import { useAction } from '../../../../components/use-action.ts';
import type { SiteView } from '../../../../lib/messaging/index.ts';
import { ask } from '../../../../lib/messaging/index.ts';
import { t } from '../../../../lib/platform/index.ts';
import type { Role } from '../../../../lib/policy/index.ts';
import { ROLES } from '../../../../lib/policy/index.ts';

/** Says what the person takes a site, or all sites of its domain, for. */
export const SiteRole = ({
  site,
  least,
  domain,
  onClose,
}: {
  site: SiteView;
  least: readonly LeastRole[];
  /** The registrable domain, where there is one. */
  domain: string | null;
  onClose: () => void;
}) => {
  const { busy, error, run } = useAction();
  const [role, setRole] = useState<Role>(site.role);
  const [covers, setCovers] = useState<'site' | 'domain'>(
    domain !== null && site.roleBy === 'domain' ? 'domain' : 'site',
  );
  const save = () =>
    run(async () => {
      await giveRole(site, role, covers === 'domain' && domain !== null ? domain : undefined);
      onClose();
    });
  return (
    <Dialog title={t('site_role_title')} onClose={onClose}>
      <div class="stack site-role-choice">
        <Choices
          legend={t('site_role_is')}
          value={role}
          options={ROLES.map((value) => ({
            value,
            label: t(ROLE_NAMES[value]),
            detail: roleDetail(value, least),
          }))}
          onChange={setRole}
        />
        {domain !== null && (
          <Choices
            legend={t('site_role_covers')}
            value={covers}
            options={[
              { value: 'site', label: t('site_role_covers_site') },
              { value: 'domain', label: t('site_role_covers_domain', domain) },
            ]}
            onChange={setCovers}
          />
        )}
      </div>
      <p class="small soft">{t('site_role_what')}</p>
      <Problem error={error} />
      <div class="actions">
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button look="primary" busy={busy} onClick={save}>
          {t('save')}
        </Button>
      </div>
    </Dialog>
  );
};

/** What was said of the site alone goes before what is said of its domain, and would hide it. */
async function giveRole({ subject, roleBy }: SiteView, role: Role, domain: string | undefined): Promise<void> {
  if (domain === undefined) {
    await ask('sites.setRole', { subject, role });
    return;
  }
  await ask('sites.setRole', { subject, role: role === 'public' ? null : role, domain });
  if (roleBy === 'explicit') await ask('sites.setRole', { subject, role: null });
}
