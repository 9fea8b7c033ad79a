import { useSession } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Facts } from '../../ui/facts.tsx';
import { Page } from '../../ui/page.tsx';
import { Section } from '../../ui/section.tsx';

export { AccountPage as Page };

function AccountPage() {
  const text = useText();
  const { me } = useSession();
  return (
    <Page title={text.account.title}>
      <Section title={text.account.title}>
        <Facts facts={[[text.words.name, me?.name]]} />
      </Section>
    </Page>
  );
}
