import { useText } from '../../text/text.ts';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';

const tones: Readonly<Record<'valid' | 'expired' | 'revoked', Tone>> = {
  valid: 'good',
  expired: 'neutral',
  revoked: 'bad',
};

export function CertificateStatus({
  certificate: { status },
}: {
  readonly certificate: { readonly status: 'valid' | 'expired' | 'revoked' };
}) {
  const text = useText();
  return <StatusBadge tone={tones[status]}>{text.states[status]}</StatusBadge>;
}
