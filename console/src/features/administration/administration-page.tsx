import { useText } from '../../text/text.ts';
import { Page } from '../../ui/page.tsx';

export { AdministrationPage as Page };

function AdministrationPage() {
  const text = useText();
  return <Page title={text.administration.title}>{null}</Page>;
}
