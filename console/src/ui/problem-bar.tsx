import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Text,
} from '@fluentui/react-components';
import { Problem } from '../api/problem.ts';
import { useText } from '../text/text.ts';

/** What the server said against it, for people: its own sentence, which says what to do. */
export function ProblemBar({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const text = useText();
  if (error === null || error === undefined) return null;
  const { title, detail, requestId } = describe(error, text);
  return (
    <MessageBar intent={requestId === undefined ? 'warning' : 'error'} layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle> {detail}
        {requestId && (
          <Text size={200} block>
            {text.errors.requestId(requestId)}
          </Text>
        )}
      </MessageBarBody>
      {onRetry && (
        <MessageBarActions>
          <Button onClick={onRetry}>{text.errors.retry}</Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}

function describe(error: unknown, text: ReturnType<typeof useText>) {
  if (!(error instanceof Problem)) return { title: text.errors.title, detail: String(error) };
  if (error.status === 0) return { title: text.errors.noAnswer, detail: text.errors.noAnswerFix };
  if (error.status === 403 && error.code === 'forbidden')
    return { title: text.errors.forbidden, detail: text.errors.forbiddenFix };
  // What people can mend needs no number to look up.
  const requestId = error.status >= 500 ? (error.requestId ?? undefined) : undefined;
  return { title: error.message || error.code, detail: '', requestId };
}
