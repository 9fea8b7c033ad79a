import { Button } from '@fluentui/react-components';
import { ArrowUploadRegular } from '@fluentui/react-icons';
import { useNavigate } from '@tanstack/react-router';
import { useText } from '../text/text.ts';

/** To the page where users, groups and devices come in from files. */
export function ImportLink() {
  const navigate = useNavigate();
  return (
    <Button icon={<ArrowUploadRegular />} onClick={() => void navigate({ to: '/import' })}>
      {useText().directoryImport.open}
    </Button>
  );
}
