import { useMemo } from 'react';
import { useChange, useReadForEdit } from '../../api/queries.ts';
import { useText } from '../../text/text.ts';
import { Loaded } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';
import { useKeptEdit } from '../../ui/use-kept-edit.ts';
import { type AssignmentLine, byKey, type LinesByKey, linesIn, linesOf } from './assignment-lines.ts';
import { AssignmentList } from './assignment-list.tsx';
import { AssignmentsEditor } from './assignments-editor.tsx';
import { EditFlow } from './edit-flow.tsx';
import type { Profile } from './profile-types.ts';
import { TargetName } from './target-name.tsx';

const noLine = '–';

export function EditAssignments({ profile }: { readonly profile: Profile }) {
  const text = useText();
  const path = { profile: profile.id };
  const query = useReadForEdit('GET /api/v1/profiles/{profile}/assignments', { path });
  const { data, error, refetch } = query;
  const read = useMemo(() => data && { value: byKey(linesOf(data.answer.items)), etag: data.etag }, [data]);
  const edit = useKeptEdit<LinesByKey>(`assignments.${profile.id}`, read);
  const save = useChange('PUT /api/v1/profiles/{profile}/assignments');
  return (
    <Loaded query={{ data: edit, error, refetch }}>
      {(edit) => (
        <EditFlow
          profile={profile}
          edit={edit}
          read={{ data: read, error, refetch }}
          impactOf={(value) => ({ profile: profile.id, assignments: linesIn(value) })}
          save={(value, ifMatch) => save.mutateAsync({ path, body: { items: linesIn(value) }, ifMatch })}
          nameOf={(key) => <LineName lines={{ ...edit.before, ...read?.value, ...edit.value }} at={key} />}
          show={(lines) => (Array.isArray(lines) ? <AssignmentList lines={lines as AssignmentLine[]} /> : noLine)}
        >
          <Section title={text.assignments.title}>
            <AssignmentsEditor
              platform={profile.platform}
              value={linesIn(edit.value)}
              onChange={(lines) => edit.change(byKey(lines))}
            />
          </Section>
        </EditFlow>
      )}
    </Loaded>
  );
}

function LineName({ lines, at }: { readonly lines: LinesByKey; readonly at: string }) {
  const line = lines[at]?.[0];
  return line === undefined ? null : <TargetName target={line.target} />;
}
