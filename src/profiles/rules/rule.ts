import type { Finding, Mend, Severity } from '../finding.ts';
import type { IssuerDescription } from '../issuer-facts.ts';
import type { SubjectTemplateResult } from '../parse-subject-template.ts';
import type { TemplateResult } from '../parse-template.ts';
import type { ScepSettings, SubjectAlternativeNameType } from '../scep-settings.ts';
import type { VariableName } from '../variable.ts';

/** What rules may know beyond the profile itself. `undefined` means not known: rules that need it stay silent. */
export type RuleFacts = {
  /** Milliseconds UTC. */
  readonly now: number;
  /** The issuer that would answer; null when there is no such authority or template. */
  readonly issuer?: IssuerDescription | null;
  /** Of the trusted certificate profile that is referred to. */
  readonly root?: { readonly certificate: Uint8Array; readonly deploymentChannel: 'device' | 'user' | null };
  /** The settings that this profile has now. */
  readonly previous?: ScepSettings;
  /** Of the devices that the profile's assignments lead to. */
  readonly reach?: {
    readonly devicesWithoutUser: ReachedDevices;
    /** Corporate-owned Android without a person: management `dedicated`. */
    readonly dedicatedDevices: ReachedDevices;
  };
};

/** How many, and the names of the first twenty. */
export type ReachedDevices = { readonly count: number; readonly names: readonly string[] };

/** A profile as the rules see it: templates read once. */
export type RuleSubject = {
  readonly name: string;
  readonly settings: ScepSettings;
  readonly subject: SubjectTemplateResult;
  readonly rows: readonly {
    readonly type: SubjectAlternativeNameType;
    readonly value: string;
    readonly path: string;
    readonly template: TemplateResult;
  }[];
  /** Every use of a variable, in order. */
  readonly uses: readonly {
    readonly variable: VariableName;
    readonly path: string;
    readonly row: SubjectAlternativeNameType | null;
    /** Of its first use in the text at `path`. */
    readonly offset: number;
  }[];
  readonly facts: RuleFacts;
};

export type Problem = {
  /** Where it is not the rule's. */
  readonly path?: string;
  readonly detail: string;
  /** Where there is better advice than the rule's. */
  readonly fix?: string;
  readonly offset?: number;
  readonly mends?: readonly Mend[];
};

/** One line of the table that API, command line and console share. A code may have several, each with its severity. */
export type RuleOf<Subject> = {
  readonly code: string;
  readonly severity: Severity;
  /** What it demands, or what it tells. */
  readonly title: string;
  /** Of the field that it judges; `*` stands for a place in a list. */
  readonly path: string;
  /** How to mend what breaks it, in Markdown; null where there is nothing to mend. */
  readonly fix: string | null;
  /** Where the rule comes from. */
  readonly source: string;
  readonly check: (subject: Subject) => readonly Problem[];
};

export type Rule = RuleOf<RuleSubject>;

/** What rules find, in their order. */
export function applyRules<Subject>(rules: readonly RuleOf<Subject>[], subject: Subject): Finding[] {
  return rules.flatMap((rule) =>
    rule.check(subject).map(({ path, detail, fix, offset, mends = [] }) => ({
      rule: rule.code,
      severity: rule.severity,
      path: path ?? rule.path,
      detail,
      fix: fix ?? rule.fix?.replaceAll('`', '') ?? null,
      ...(offset === undefined ? {} : { offset }),
      ...(mends.length === 0 ? {} : { mends }),
    })),
  );
}

/** `a, b and 3 more`. */
export function nameDevices({ count, names }: ReachedDevices): string {
  const others = count - names.length;
  return `${names.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

export const subjectPath = 'settings.subjectNameFormat';
export const rowPath = 'settings.subjectAlternativeNames.*.value';
