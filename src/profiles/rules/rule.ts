import type { Severity } from '../finding.ts';
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
  }[];
  readonly facts: RuleFacts;
};

export type Problem = {
  readonly path: string;
  readonly detail: string;
  readonly fix?: string;
  readonly offset?: number;
  /** Where it differs from the rule's. */
  readonly severity?: Severity;
};

/** One line of the table that API, command line and console share. */
export type Rule = {
  readonly code: string;
  readonly severity: Severity;
  readonly title: string;
  /** Where the rule comes from. */
  readonly source: string;
  readonly check: (subject: RuleSubject) => readonly Problem[];
};

export const subjectPath = 'settings.subjectNameFormat';
