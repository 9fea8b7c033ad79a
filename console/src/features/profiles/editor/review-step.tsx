import { useText } from '../../../text/text.ts';
import { Section } from '../../../ui/section.tsx';
import type { ProfileReview } from './use-profile-review.ts';

/** All that was said, before it is done. */
export function ReviewStep({ review }: { readonly review: ProfileReview; readonly onGoTo: (step: string) => void }) {
  const { profileEditor: words } = useText();
  return <Section title={words.steps.review}>{String(review.document['name'])}</Section>;
}
