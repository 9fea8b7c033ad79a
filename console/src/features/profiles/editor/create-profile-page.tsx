/** The wizard that makes a profile: platform and type stand in the address, so does the step; what is typed outlives a reload. */
import { Button, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { type Finding, hasErrors } from '../../../../../src/profiles/finding.ts';
import { Problem } from '../../../api/problem.ts';
import { useChange } from '../../../api/queries.ts';
import { useText } from '../../../text/text.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { FieldNotes, FieldNotesProvider } from '../../../ui/field-notes.tsx';
import { Link } from '../../../ui/link.tsx';
import { Page } from '../../../ui/page.tsx';
import { ProblemBar } from '../../../ui/problem-bar.tsx';
import { Steps } from '../../../ui/steps.tsx';
import { tell } from '../../../ui/toasts.tsx';
import { useDraft } from '../../../ui/use-draft.ts';
import { useFilters } from '../../../ui/use-filters.ts';
import { useLeaveGuard } from '../../../ui/use-leave-guard.tsx';
import { ApplicabilityStep } from './applicability-step.tsx';
import { AssignmentsStep } from './assignments-step.tsx';
import { BasicsStep } from './basics-step.tsx';
import { type StepName, stepNames, stepOfFinding } from './field-of-finding.ts';
import { newProfile, type Platform, type ProfileForm, type ProfileKind } from './profile-form.ts';
import { ReviewStep } from './review-step.tsx';
import { ScopeTagsStep } from './scope-tags-step.tsx';
import { SettingsForm } from './settings-form.tsx';
import { useNotes } from './use-notes.ts';
import { useProfileReview } from './use-profile-review.ts';
import { useTrustedProfiles } from './use-trusted-profiles.ts';

export { CreateProfilePage as Page };

const useStyles = makeStyles({
  body: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalL, outline: 'none', minWidth: 0 },
  footer: {
    position: 'sticky',
    bottom: 0,
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    marginTop: 'auto',
    padding: `${tokens.spacingVerticalM} 0`,
    backgroundColor: tokens.colorNeutralBackground2,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    zIndex: 1,
  },
  wrong: { color: tokens.colorPaletteRedForeground1 },
});

function CreateProfilePage() {
  const text = useText();
  const words = text.profileEditor;
  const [{ platform = '', type = 'scep' }] = useFilters();
  const crumbs = [{ title: text.profiles.title, to: '/profiles' }];
  if (!Object.hasOwn(text.platforms, platform) || !Object.hasOwn(text.profiles.kinds, type))
    return (
      <Page title={words.create} crumbs={crumbs}>
        <EmptyState title={words.noSuchTitle} action={<Link to="/profiles?create=new">{text.profiles.title}</Link>}>
          {words.noSuch}
        </EmptyState>
      </Page>
    );
  const known = { platform: platform as Platform, kind: type as ProfileKind };
  return (
    <Page
      title={words.create}
      crumbs={crumbs}
      description={`${text.platforms[known.platform]} · ${text.profiles.kinds[known.kind]}`}
    >
      <Wizard key={`${type} ${platform}`} {...known} />
    </Page>
  );
}

function Wizard({ kind, platform }: { readonly kind: ProfileKind; readonly platform: Platform }) {
  const styles = useStyles();
  const text = useText();
  const words = text.profileEditor;
  const navigate = useNavigate();
  const form = useForm<ProfileForm>({ defaultValues: newProfile(kind, platform), mode: 'onTouched' });
  const draft = useDraft<ProfileForm>(`create-profile.${kind}.${platform}`, form);
  const trusted = useTrustedProfiles(platform);
  const review = useProfileReview(form, trusted);
  const [tried, setTried] = useState<ReadonlySet<StepName>>(new Set());
  const notes = useNotes(form, review.findings, tried);
  const save = useChange('POST /api/v1/profiles');
  const [created, setCreated] = useState<string | null>(null);
  const guard = useLeaveGuard(form.formState.isDirty && created === null);
  useEffect(() => {
    if (created !== null) void navigate({ to: `/profiles/${encodeURIComponent(created)}` as never });
  }, [created, navigate]);

  const steps = stepNames.filter((name) => name !== 'applicability' || platform === 'windows10');
  const [filters, change] = useFilters();
  const step = steps.find((name) => name === filters['step']) ?? 'basics';
  const wrongIn = (name: StepName) =>
    review.findings.filter(
      ({ severity, path }) => severity === 'error' && (name === 'review' || stepOfFinding(path) === name),
    ).length;
  const body = useRef<HTMLDivElement>(null);
  const goTo = (name: string) => {
    setTried(new Set([...tried, step, ...(name === 'review' ? steps : [])]));
    change({ step: name === 'basics' ? undefined : name });
    body.current?.focus({ preventScroll: true });
    body.current?.scrollIntoView({ block: 'nearest' });
  };
  const at = steps.indexOf(step);
  const following = steps[at + 1];
  const before = steps[at - 1];
  const wrong = wrongIn(step);
  const create = async () => {
    if (hasErrors(review.findings) || save.isPending) return;
    try {
      const { answer } = await save.mutateAsync({ body: review.document });
      draft.clear();
      tell((form.getValues('assignments').length > 0 ? words.createdAndAssigned : words.created)(answer.profile.name));
      setCreated(answer.profile.slug);
    } catch (error) {
      if (error instanceof Problem && Array.isArray(error.params['findings']))
        review.refused(error.params['findings'] as Finding[]);
    }
  };
  return (
    <FieldNotesProvider value={notes.byField}>
      <Steps
        label={words.stepsLabel}
        current={step}
        onSelect={goTo}
        steps={steps.map((key) => ({
          key,
          title: words.steps[key],
          ...(tried.has(key) &&
            key !== 'review' && { state: wrongIn(key) > 0 ? ('wrong' as const) : ('done' as const) }),
        }))}
      />
      <div ref={body} className={styles.body} tabIndex={-1}>
        {step === 'basics' && <BasicsStep form={form} />}
        {step === 'settings' && (
          <>
            <FieldNotes notes={notes.general} />
            <SettingsForm form={form} review={review} trusted={trusted} />
          </>
        )}
        {step === 'scopeTags' && <ScopeTagsStep form={form} />}
        {step === 'assignments' && <AssignmentsStep form={form} />}
        {step === 'applicability' && <ApplicabilityStep form={form} />}
        {step === 'review' && <ReviewStep review={review} values={form.getValues()} trusted={trusted} onGoTo={goTo} />}
        {step === 'review' && <ProblemBar error={save.error} />}
      </div>
      <div className={styles.footer}>
        <Button disabled={before === undefined} onClick={() => before !== undefined && goTo(before)}>
          {text.words.back}
        </Button>
        {following === undefined ? (
          <Button
            appearance="primary"
            disabledFocusable={wrong > 0 || save.isPending}
            icon={save.isPending ? <Spinner size="tiny" /> : undefined}
            onClick={() => void create()}
          >
            {text.words.create}
          </Button>
        ) : (
          <Button
            appearance="primary"
            onClick={() => (wrong > 0 ? setTried(new Set([...tried, step])) : goTo(following))}
          >
            {text.words.next}
          </Button>
        )}
        {wrong > 0 && tried.has(step) && (
          <Text className={styles.wrong} role="status">
            {words.toMend(wrong)}
          </Text>
        )}
      </div>
      {guard}
    </FieldNotesProvider>
  );
}
