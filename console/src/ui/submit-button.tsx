import { Button, Spinner } from '@fluentui/react-components';

/** Of a form: shows that it is under way, and does not start it twice. */
export function SubmitButton({
  busy,
  children,
  disabled = false,
  form,
}: {
  readonly busy: boolean;
  readonly children: string;
  readonly disabled?: boolean;
  /** Id of the form, when the button stands outside. */
  readonly form?: string;
}) {
  return (
    <Button
      type="submit"
      form={form}
      appearance="primary"
      disabled={disabled}
      disabledFocusable={busy}
      icon={busy ? <Spinner size="tiny" /> : undefined}
    >
      {children}
    </Button>
  );
}
