/**
 * Editing a part of a profile: what is typed, then what it would do to devices, then saving. Nothing typed is lost when the
 * server refuses, is away, asks to sign in again, when somebody else saves or deletes the profile, or when the tab is reloaded.
 */
import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  mergeClasses,
  tokens,
} from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import type { Finding } from '../../../../src/profiles/finding.ts';
import { call, type Input } from '../../api/call.ts';
import { Problem } from '../../api/problem.ts';
import { useText } from '../../text/text.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { withQuery } from '../../ui/link.tsx';
import { MergeBar } from '../../ui/merge-bar.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { Section } from '../../ui/section.tsx';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { tell } from '../../ui/toasts.tsx';
import type { KeptEdit } from '../../ui/use-kept-edit.ts';
import { useLeaveGuard } from '../../ui/use-leave-guard.tsx';
import { useSubmit } from '../../ui/use-submit.ts';
import { devicesHit, type Impact, ImpactView } from './impact-view.tsx';

/** More are confirmed by typing the profile's name. */
const unconfirmed = 10;

type Read<Value> = { readonly value: Value; readonly etag: string | null };

export type EditFlowProps<Value> = {
  readonly profile: { readonly id: string; readonly slug: string; readonly name: string };
  readonly edit: KeptEdit<Value>;
  /** As the server has it now. */
  readonly read: { readonly data: Read<Value> | undefined; readonly error: Error | null; refetch(): Promise<unknown> };
  readonly impactOf: (value: Value) => Input<'POST /api/v1/profiles/impact'>['body'];
  readonly save: (value: Value, etag: string | null) => Promise<unknown>;
  /** Makes a profile of what was typed, when the edited one is gone; answers its slug. */
  readonly saveAsNew?: (value: Value) => Promise<string>;
  /** For the comparison with somebody else's. */
  readonly nameOf?: (path: string) => ReactNode;
  readonly show?: (value: unknown) => ReactNode;
  /** Before the review: whether there is nothing to mend, which it shows at its fields else. */
  readonly check?: () => boolean;
  /** What the server found wrong. */
  readonly onRefused?: (findings: readonly Finding[]) => void;
  readonly children: ReactNode;
};

const useStyles = makeStyles({
  form: { display: 'grid', gap: tokens.spacingVerticalL, minWidth: 0 },
  behind: { display: 'none' },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalS },
});

export function EditFlow<Value>({
  profile,
  edit,
  read,
  impactOf,
  save,
  saveAsNew,
  nameOf,
  show,
  check,
  onRefused,
  children,
}: EditFlowProps<Value>) {
  const styles = useStyles();
  const text = useText();
  const words = text.profileEdit;
  const navigate = useNavigate();
  const reviewing = useSubmit();
  const saving = useSubmit();
  const [reviewed, setReviewed] = useState<{ readonly impact: Impact; readonly of: string }>();
  const [asking, setAsking] = useState(false);
  const [goneTo, setGoneTo] = useState<string>();
  const guard = useLeaveGuard(edit.unsaved && goneTo === undefined);
  useEffect(() => {
    if (goneTo !== undefined) void navigate({ to: goneTo as never });
  }, [goneTo, navigate]);
  const leave = (slug: string) => {
    edit.forget();
    setGoneTo(withQuery(`/profiles/${encodeURIComponent(slug)}`, { part: 'properties' }));
  };

  const gone = isGone(read.error) || isGone(reviewing.error) || isGone(saving.error);
  const outdated = !gone && read.data !== undefined && read.data.etag !== edit.etag;
  const written = JSON.stringify(edit.value);
  const impact = reviewed?.of === written ? reviewed.impact : undefined;
  const error = saving.error ?? reviewing.error;

  const tellFindings = (refused: unknown): boolean => {
    const found = findingsOf(refused);
    if (found.length > 0) onRefused?.(found);
    return found.length > 0;
  };
  const review = () =>
    reviewing.run(async () => {
      saving.clear();
      try {
        const answer = await call('POST /api/v1/profiles/impact', { body: impactOf(edit.value) });
        setReviewed({ impact: answer, of: written });
      } catch (refused) {
        tellFindings(refused);
        throw refused;
      }
    });
  const store = () =>
    saving.run(async () => {
      try {
        await save(edit.value, edit.etag);
      } catch (refused) {
        if (refused instanceof Problem && [404, 412].includes(refused.status)) await read.refetch();
        if (tellFindings(refused)) setReviewed(undefined);
        throw refused;
      }
      tell(text.words.saved);
      leave(profile.slug);
    });
  const hit = impact === undefined ? 0 : devicesHit(impact);

  return (
    <>
      {guard}
      {gone && (
        <MessageBar intent="error" layout="multiline" role="alert">
          <MessageBarBody>
            <MessageBarTitle>{words.goneTitle}</MessageBarTitle> {words.gone}
          </MessageBarBody>
          {saveAsNew && (
            <MessageBarActions>
              <Button onClick={() => void saving.run(async () => leave(await saveAsNew(edit.value)))}>
                {words.saveAsNew}
              </Button>
            </MessageBarActions>
          )}
        </MessageBar>
      )}
      {outdated && read.data && (
        <MergeBar
          key={read.data.etag}
          before={edit.before}
          theirs={read.data.value}
          mine={edit.value}
          {...(nameOf && { nameOf })}
          {...(show && { show })}
          onTake={(value) => {
            if (read.data !== undefined) edit.rebase(value, read.data);
            saving.clear();
            reviewing.clear();
          }}
        />
      )}
      {!outdated && !(gone && isGone(error)) && <ProblemBar error={error} />}
      {/* The form stays as it is behind the review: what was typed and where one was. */}
      <form
        className={mergeClasses(styles.form, impact !== undefined && styles.behind)}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!reviewing.busy && !outdated && !gone && (check?.() ?? true)) void review();
        }}
      >
        {children}
        <div className={styles.buttons}>
          <SubmitButton busy={reviewing.busy} disabled={outdated || gone || !edit.unsaved}>
            {words.review}
          </SubmitButton>
          <Button
            onClick={() =>
              void navigate({
                to: `/profiles/${encodeURIComponent(profile.slug)}` as never,
                search: { part: 'properties' } as never,
              })
            }
          >
            {text.words.cancel}
          </Button>
        </div>
      </form>
      {impact !== undefined && (
        <div className={styles.form}>
          <Section title={text.assignments.impact.title}>
            <ImpactView impact={impact} focus={profile.id} />
          </Section>
          <div className={styles.buttons}>
            <Button
              appearance="primary"
              disabled={outdated || gone || impact.obstacle !== null}
              disabledFocusable={saving.busy}
              onClick={() => (hit > unconfirmed ? setAsking(true) : void store())}
            >
              {text.words.save}
            </Button>
            <Button onClick={() => setReviewed(undefined)}>{text.words.back}</Button>
          </div>
        </div>
      )}
      <ConfirmDialog
        open={asking}
        title={words.confirmTitle(profile.name)}
        action={text.words.save}
        typeName={profile.name}
        onConfirm={async () => {
          await store();
        }}
        onClose={() => setAsking(false)}
      >
        {words.confirmEffect(hit)}
      </ConfirmDialog>
    </>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof Problem && error.status === 404 && error.code === 'profile-not-found';
}

function findingsOf(error: unknown): readonly Finding[] {
  if (!(error instanceof Problem)) return [];
  const { findings } = error.params;
  return Array.isArray(findings) ? (findings as readonly Finding[]) : [];
}
