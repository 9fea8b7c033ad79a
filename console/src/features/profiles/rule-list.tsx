import type { ApplicabilityRules } from '../../../../src/profiles/applicability-rules.ts';
import { useText } from '../../text/text.ts';
import { Facts } from '../../ui/facts.tsx';

/** Applicability rules to be read. */
export function RuleList({ rules }: { readonly rules: ApplicabilityRules | undefined }) {
  const { applicability: words } = useText();
  if (rules === undefined) return <p>{words.none}</p>;
  const { osEdition, osVersion } = rules;
  return (
    <Facts
      facts={[
        [
          words.osEdition,
          osEdition &&
            `${words.rules[osEdition.rule]}: ${osEdition.editions.map((each) => words.editions[each]).join(', ')}`,
        ],
        [
          words.osVersion,
          osVersion && `${words.rules[osVersion.rule]}: ${words.range(osVersion.minimum, osVersion.maximum)}`,
        ],
      ]}
    />
  );
}
