import { useEffect, useMemo, useRef, useState } from 'react';
import { type UseFormReturn, useWatch } from 'react-hook-form';
import { findTrustedProfileAmong, type TrustedCandidate } from '../../../../../src/profiles/find-trusted-profile.ts';
import type { Finding } from '../../../../../src/profiles/finding.ts';
import { parseProfile } from '../../../../../src/profiles/parse-profile.ts';
import type { ProfileDraft } from '../../../../../src/profiles/profile-draft.ts';
import { bySeverity, draftFindings } from '../../../../../src/profiles/validate-profile.ts';
import { call } from '../../../api/call.ts';
import { documentOf, type ProfileForm } from './profile-form.ts';

export type ProfileReview = {
  readonly document: Readonly<Record<string, unknown>>;
  /** As far as it could be read. */
  readonly draft: ProfileDraft | null;
  readonly findings: readonly Finding[];
  /** Whether the server has said all that it has to say about the document as it is. */
  readonly settled: boolean;
  /** What the server found when it was to save the document. */
  readonly refused: (findings: readonly Finding[]) => void;
};

/** Milliseconds without a key pressed, then the server is asked. */
const pause = 400;

/**
 * What is to be said about the profile in a form: at once by the server's own rules, which run here as well, and a moment later
 * by the server, which also knows authorities, stored profiles and whom it would reach.
 */
export function useProfileReview(
  form: UseFormReturn<ProfileForm>,
  trusted: readonly TrustedCandidate[] | undefined,
): ProfileReview {
  const values = useWatch({ control: form.control }) as ProfileForm;
  const document = useMemo(() => documentOf(values), [values]);
  const text = JSON.stringify(document);
  const here = useMemo(() => reviewHere(document, trusted), [document, trusted]);
  const [answer, setAnswer] = useState<{ readonly text: string; readonly more: readonly Finding[] } | null>(null);
  const known = useRef(here.findings);
  known.current = here.findings;

  useEffect(() => {
    if (trusted === undefined) return;
    const left = new AbortController();
    const timer = setTimeout(() => {
      const body = JSON.parse(text) as Record<string, unknown>;
      call('POST /api/v1/profiles/validate', { body }, { signal: left.signal })
        .then(({ findings }) => setAnswer({ text, more: without(findings as Finding[], known.current) }))
        // The rules here go on; that the server is away the shell says.
        .catch(() => {});
    }, pause);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [text, trusted]);

  const findings = useMemo(
    () => bySeverity([...here.findings, ...without(answer?.more ?? [], here.findings)]),
    [here, answer],
  );
  return {
    document,
    draft: here.draft,
    findings,
    settled: answer?.text === text,
    refused: (found) => setAnswer({ text, more: without(found, here.findings) }),
  };
}

function reviewHere(document: unknown, trusted: readonly TrustedCandidate[] | undefined) {
  const now = Date.now();
  const { draft, findings } = parseProfile(document, {
    now,
    findTrustedProfile: trusted === undefined ? anyProfile : findTrustedProfileAmong(trusted),
  });
  return { draft, findings: draft === null ? findings : [...findings, ...draftFindings(draft, { now }, findings)] };
}

/** While it is not known which there are, none is missing. */
function anyProfile(reference: string, platform: TrustedCandidate['settings']['platform']) {
  return { id: reference as TrustedCandidate['id'], platform };
}

function without(findings: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const key = ({ rule, path, detail }: Finding) => `${rule} ${path} ${detail}`;
  const said = new Set(others.map(key));
  return findings.filter((finding) => !said.has(key(finding)));
}
