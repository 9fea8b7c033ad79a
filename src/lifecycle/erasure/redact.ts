/** A person's names replaced by the pseudonym, in texts and in JSON. */
import { changesIn } from '../../events/about-one.ts';
import type { Subject } from '../../events/event.ts';
import type { FieldChange } from '../../events/field-change.ts';
import type { StoredEvent } from '../../events/seal/event-text.ts';
import { personalFacts, type Traces } from './erasure.ts';

export type Redactor = {
  /** `about`: the text is about the person, so that names which others may have too are this one's. */
  text(text: string, about: boolean): string;
  /** JSON text; unchanged when there is nothing to replace, or when it is no JSON. */
  json(text: string, about: boolean): string;
  /** JSON of `[id, text]`; `about` says of an id whether its text is about the person. */
  lines(text: string, about: (id: string) => boolean): string;
  event(event: StoredEvent, about: boolean): StoredEvent;
  /** What a row has that needs redaction, as it stands in texts and in JSON. */
  readonly texts: readonly string[];
};

export function redactor(traces: Traces, pseudonym: string, userId: string): Redactor {
  const own = new Set([userId, ...traces.deviceIds]);
  const unique = patternOf(traces.unique.flatMap(spellings), false);
  const shared = patternOf(traces.shared.flatMap(spellings), true);

  function text(given: string, about: boolean): string {
    const without = unique === null ? given : given.replace(unique, pseudonym);
    return shared !== null && (about || without !== given) ? without.replace(shared, pseudonym) : without;
  }

  function value(given: unknown, about: boolean): unknown {
    if (typeof given === 'string') return text(given, about);
    if (Array.isArray(given)) return given.map((each) => value(each, about));
    if (typeof given !== 'object' || given === null) return given;
    const result: Record<string, unknown> = {};
    for (const [name, each] of Object.entries(given)) result[name] = value(each, about);
    // The name's own encoding, which nobody reads.
    const { subject, subjectText } = given as Record<string, unknown>;
    if (typeof subject === 'string' && subjectText !== result.subjectText) result.subject = '';
    return result;
  }

  function json(given: string, about: boolean): string {
    const parsed = parse(given);
    if (parsed === undefined) return text(given, about);
    const before = JSON.stringify(parsed);
    const after = JSON.stringify(value(parsed, about));
    return before === after ? given : after;
  }

  /** An event about many objects is about the person where it tells of theirs; null: it is of no such kind. */
  function ofMany(event: StoredEvent): [actor: string, subjects: string, data: string] | null {
    const data = parse(event.data) as Record<string, unknown> | undefined;
    const subjects = parse(event.subjects);
    if (data?.by !== 'import' || !Array.isArray(subjects)) return null;
    const { changesOf, ...rest } = data;
    const changes = Object.entries(changesIn(changesOf)).map(([id, each]) => {
      const kept = id === userId ? each.map((change) => withoutFact(change, pseudonym)) : each;
      return [id, value(kept, own.has(id))];
    });
    return [
      json(event.actor, false),
      JSON.stringify(subjects.map((each: Subject) => value(each, own.has(each.id)))),
      JSON.stringify({
        ...(value(rest, false) as object),
        ...(changesOf !== undefined && { changesOf: Object.fromEntries(changes) }),
      }),
    ];
  }

  return {
    text,
    json,
    lines(given, about) {
      const parsed = parse(given);
      if (!Array.isArray(parsed)) return json(given, false);
      const before = JSON.stringify(parsed);
      const after = JSON.stringify(parsed.map(([id, said]) => [id, text(String(said), about(String(id)))]));
      return before === after ? given : after;
    },
    event(event, about) {
      const [actor, subjects, data] = ofMany(event) ?? [
        json(event.actor, false),
        json(event.subjects, about),
        json(isAbout(event, userId) ? withoutFacts(event.data, pseudonym) : event.data, about),
      ];
      if (actor === event.actor && subjects === event.subjects && data === event.data) return event;
      return { ...event, actor, subjects, data };
    },
    texts: [
      ...new Set(
        traces.unique
          .flatMap(spellings)
          .flatMap((each) => [each, each.toLowerCase()])
          .flatMap((each) => [each, inJson(each)]),
      ),
    ],
  };
}

/** What an event about the person says of facts, whatever they were. */
function withoutFacts(data: string, pseudonym: string): string {
  const parsed = parse(data) as { changes?: unknown } | undefined;
  if (parsed === undefined || !Array.isArray(parsed?.changes)) return data;
  return JSON.stringify({ ...parsed, changes: parsed.changes.map((change) => withoutFact(change, pseudonym)) });
}

function withoutFact(change: FieldChange, pseudonym: string): FieldChange {
  if (!(personalFacts as readonly string[]).includes(change?.field)) return change;
  const erased = (value: unknown) => (value === null ? null : pseudonym);
  return { ...change, before: erased(change.before ?? null), after: erased(change.after ?? null) };
}

function isAbout({ subjects }: StoredEvent, userId: string): boolean {
  const parsed = parse(subjects);
  return Array.isArray(parsed) && parsed.some((each) => each?.kind === 'user' && each.id === userId);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As it is, as names of certificates escape it (RFC 4514 §2.4) or quote it (CertNameToStr), and composed as searches have it. */
function spellings(value: string): string[] {
  const all = [value, value.normalize('NFC')].flatMap((each) => [
    each,
    each.replace(/[,+"\\<>;]/g, '\\$&'),
    each.replaceAll('"', '""'),
  ]);
  return [...new Set(all)];
}

/** Longest first. `words`: not in the middle of a word. */
function patternOf(values: readonly string[], words: boolean): RegExp | null {
  if (values.length === 0) return null;
  const any = [...values]
    .sort((a, b) => b.length - a.length)
    .map((value) => value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('|');
  return words ? new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'giu') : new RegExp(any, 'giu');
}
