import { useText } from '../../text/text.ts';
import { Page } from '../../ui/page.tsx';

export function FirstRunPage() {
  const text = useText();
  return <Page title={text.firstRun.title}>{null}</Page>;
}
