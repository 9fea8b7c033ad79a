/** Editing one part of a profile: the address says which. */
import { useParams } from '@tanstack/react-router';
import { useRead } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { withQuery } from '../../ui/link.tsx';
import { Loaded, Page } from '../../ui/page.tsx';
import { useFilters } from '../../ui/use-filters.ts';
import { EditAssignments } from './edit-assignments.tsx';
import { type DocumentPart, EditDocument } from './edit-document.tsx';

export { EditProfilePage as Page };

const documentParts: readonly DocumentPart[] = ['basics', 'settings', 'scopeTags', 'applicability'];

function EditProfilePage() {
  const { profiles: words, profileEdit } = useText();
  const { profile: slug = '' } = useParams({ strict: false }) as { readonly profile?: string };
  const [{ part = 'basics' }] = useFilters();
  const profile = useRead('GET /api/v1/profiles/{profile}', { path: { profile: slug } });
  const name = profile.data?.name ?? words.one;
  return (
    <Page
      title={profileEdit.title(name)}
      crumbs={[
        { title: words.title, to: '/profiles' },
        { title: name, to: withQuery(`/profiles/${encodeURIComponent(slug)}`, { part: 'properties' }) },
      ]}
    >
      <Loaded query={profile}>
        {(found) =>
          part === 'assignments' ? (
            <EditAssignments profile={found} />
          ) : (
            <EditDocument key={part} profile={found} part={documentParts.find((each) => each === part) ?? 'basics'} />
          )
        }
      </Loaded>
    </Page>
  );
}
