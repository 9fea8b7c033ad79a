/** One profile: how it fares, on which device and for whom, what it says, who gets it, and what became of it. */
import { Button, makeStyles, Tab, TabList, Text, tokens } from '@fluentui/react-components';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type Answer, addressOf, call } from '../../api/call.ts';
import { useChange, useRead } from '../../api/queries.ts';
import { useMay } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Copyable } from '../../ui/copyable.tsx';
import { Donut } from '../../ui/donut.tsx';
import { Facts } from '../../ui/facts.tsx';
import { Link, withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { tell, tellProblem } from '../../ui/toasts.tsx';
import { useFilters } from '../../ui/use-filters.ts';
import { DuplicateProfile } from './duplicate-profile.tsx';
import { formOf } from './editor/profile-form.ts';
import { type EditableStep, ProfileSummary } from './editor/profile-summary.tsx';
import { useTrustedProfiles } from './editor/use-trusted-profiles.ts';
import { ProfileHistory } from './profile-history.tsx';
import { DeviceStatus, UserStatus } from './profile-status.tsx';
import { useStatusParts } from './status-parts.ts';
import { Targets } from './targets.tsx';

export { ProfilePage as Page };

type Profile = Answer<'GET /api/v1/profiles/{profile}'>;

const parts = ['overview', 'devices', 'users', 'properties', 'history'] as const;

const useStyles = makeStyles({
  grid: {
    display: 'grid',
    gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 380px), 1fr))',
    gap: tokens.spacingHorizontalL,
    alignItems: 'start',
  },
  tabs: { flexWrap: 'wrap' },
});

function ProfilePage() {
  const styles = useStyles();
  const text = useText();
  const words = text.profiles;
  const { profile: slug = '' } = useParams({ strict: false }) as { readonly profile?: string };
  const [{ part = 'overview' }, change] = useFilters();
  const profile = useRead('GET /api/v1/profiles/{profile}', { path: { profile: slug } });
  return (
    <Page
      title={profile.data?.name ?? words.one}
      crumbs={[{ title: words.title, to: '/profiles' }]}
      description={
        profile.data && (
          <>
            {text.platforms[profile.data.platform]}
            {' · '}
            {words.kinds[profile.data.kind]}
            {' · '}
            <Link to={withQuery('/certificates', { profile: profile.data.slug })}>{words.certificates}</Link>
          </>
        )
      }
      actions={profile.data && <Actions profile={profile.data} />}
    >
      <Loaded query={profile}>
        {(found) => (
          <>
            <TabList
              className={styles.tabs}
              selectedValue={part}
              onTabSelect={(_, { value }) =>
                change({ part: value === 'overview' ? undefined : String(value), status: undefined })
              }
            >
              {parts.map((each) => (
                <Tab key={each} value={each}>
                  {words.parts[each]}
                </Tab>
              ))}
            </TabList>
            {part === 'overview' && <Overview profile={found} />}
            {part === 'devices' && <DeviceStatus profile={found.slug} />}
            {part === 'users' && <UserStatus profile={found.slug} />}
            {part === 'properties' && <Properties profile={found} />}
            {part === 'history' && <ProfileHistory profile={found} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Overview({ profile }: { readonly profile: Profile }) {
  const styles = useStyles();
  const { profiles: words } = useText();
  const status = useRead('GET /api/v1/profiles/{profile}/status', { path: { profile: profile.slug } });
  const shown = useStatusParts(status.data?.counts);
  return (
    <div className={styles.grid}>
      <Section title={words.status}>
        <Loaded query={status}>
          {() => (
            <Donut
              label={words.status}
              parts={shown.map((each) => ({
                ...each,
                to: withQuery(`/profiles/${encodeURIComponent(profile.slug)}`, { part: 'devices', status: each.key }),
              }))}
            />
          )}
        </Loaded>
      </Section>
      <Section title={words.assigned} actions={<EditLink profile={profile} part="assignments" />}>
        <Targets profile={profile.slug} />
      </Section>
    </div>
  );
}

/** A section for each part that can be edited by itself. */
function Properties({ profile }: { readonly profile: Profile }) {
  const styles = useStyles();
  const { profiles: words } = useText();
  const trusted = useTrustedProfiles(profile.platform);
  const assignments = useRead('GET /api/v1/profiles/{profile}/assignments', { path: { profile: profile.slug } });
  return (
    <>
      <Facts
        facts={[
          [words.slug, <Copyable key="slug" value={profile.slug} what={words.slug} />],
          [words.version, String(profile.version)],
        ]}
      />
      <Loaded query={assignments}>
        {({ items }) => (
          <div className={styles.grid}>
            <ProfileSummary
              values={formOf(profile.document, items)}
              trusted={trusted}
              actionOf={(part) => <EditLink profile={profile} part={part} />}
            />
          </div>
        )}
      </Loaded>
    </>
  );
}

function EditLink({ profile, part }: { readonly profile: Profile; readonly part: EditableStep }) {
  const text = useText();
  const may = useMay();
  if (!may(part === 'assignments' ? 'profiles.assign' : 'profiles.write')) return null;
  return (
    <Link
      to={withQuery(`/profiles/${encodeURIComponent(profile.slug)}/edit`, { part })}
      aria-label={text.profileEdit.edit(text.profileEditor.steps[part])}
    >
      {text.words.edit}
    </Link>
  );
}

function Actions({ profile }: { readonly profile: Profile }) {
  const text = useText();
  const words = text.profiles;
  const may = useMay();
  const navigate = useNavigate();
  const [duplicating, setDuplicating] = useState(false);
  const [asked, setAsked] = useState<'delete' | 'reissue' | null>(null);
  const [effect, setEffect] = useState<Answer<'POST /api/v1/profiles/impact'>['profiles'][number] | null>(null);
  const remove = useChange('DELETE /api/v1/profiles/{profile}');
  const reIssue = useChange('POST /api/v1/deployments/re-issue');
  const ask = async () => {
    try {
      const { profiles } = await call('POST /api/v1/profiles/impact', {
        body: { profile: profile.slug, delete: true },
      });
      setEffect(profiles.find(({ profile: each }) => each.id === profile.id) ?? null);
      setAsked('delete');
    } catch (error) {
      tellProblem(error);
    }
  };
  const hit = effect === null ? 0 : effect.counts.remove + effect.counts.revoke;
  return (
    <>
      <Button
        as="a"
        href={addressOf('GET /api/v1/profiles/{profile}/document', {
          path: { profile: profile.slug },
          query: { format: 'yaml' },
        })}
        download={`${profile.slug}.yaml`}
      >
        {text.profileEdit.exportYaml}
      </Button>
      {may('profiles.write') && <Button onClick={() => setDuplicating(true)}>{text.profileEdit.duplicate}</Button>}
      {duplicating && (
        <DuplicateProfile
          profile={profile}
          onDone={(slug) => {
            setDuplicating(false);
            void navigate({ to: `/profiles/${encodeURIComponent(slug)}` as never });
          }}
          onClose={() => setDuplicating(false)}
        />
      )}
      {profile.kind === 'scep' && may('deployments.write') && (
        <Button onClick={() => setAsked('reissue')}>{words.reIssue}</Button>
      )}
      {may('profiles.write') && <Button onClick={() => void ask()}>{text.words.delete}</Button>}
      <ConfirmDialog
        open={asked === 'delete'}
        title={words.deleteTitle(profile.name)}
        action={text.words.delete}
        {...(hit > 10 && { typeName: profile.name })}
        onConfirm={async () => {
          await remove.mutateAsync({ path: { profile: profile.slug } });
          await navigate({ to: '/profiles' as never });
        }}
        onClose={() => setAsked(null)}
      >
        <Text>
          {effect === null ? words.deleteNothing : words.deleteEffect(effect.counts.remove, effect.counts.revoke)}
        </Text>
      </ConfirmDialog>
      <ConfirmDialog
        open={asked === 'reissue'}
        title={words.reIssueTitle(profile.name)}
        action={words.reIssue}
        typeName={profile.name}
        onConfirm={async () => {
          await reIssue.mutateAsync({ body: { profile: profile.slug } as never });
          tell(words.reIssueStarted);
        }}
        onClose={() => setAsked(null)}
      >
        <Text>{words.reIssueEffect}</Text>
      </ConfirmDialog>
    </>
  );
}
