import { useSession } from '../../api/session.ts';
import { useText } from '../../text/text.ts';
import { Facts } from '../../ui/facts.tsx';
import { Page } from '../../ui/page.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';
import { PasskeysSection } from './passkeys-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { SessionsSection } from './sessions-section.tsx';

export { AccountPage as Page };

function AccountPage() {
  const text = useText();
  const { me } = useSession();
  if (me === undefined) return null;
  const { name, signInName, lastSignInAt, permissions } = me;
  return (
    <Page title={text.account.title}>
      <Section title={name}>
        <Facts
          facts={[
            [text.signIn.name, signInName],
            [text.account.lastSignIn, <RelativeTime key="at" at={lastSignInAt} />],
            [
              text.account.permissions,
              permissions === 'all'
                ? text.account.everything
                : permissions.map((permission) => text.administration.permission(permission)).join(', '),
            ],
          ]}
        />
      </Section>
      {me.session !== null && (
        <>
          <PasswordSection hasPassword={me.password} />
          <PasskeysSection />
          <SessionsSection current={me.session.id} />
        </>
      )}
    </Page>
  );
}
