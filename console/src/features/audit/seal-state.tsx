import { Button, Spinner } from '@fluentui/react-components';
import { ShieldCheckmarkRegular } from '@fluentui/react-icons';
import { useState } from 'react';
import { type Answer, call } from '../../api/call.ts';
import { useText } from '../../text/text.ts';
import { Copyable } from '../../ui/copyable.tsx';
import { Facts } from '../../ui/facts.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { ExactTime } from '../../ui/relative-time.tsx';
import { SidePanel } from '../../ui/side-panel.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';

type Report = Answer<'GET /api/v1/audit/verification'>;

/** Holds the events against their seals when it is asked to: that reads all of them. */
export function SealState() {
  const text = useText();
  const [busy, setBusy] = useState(false);
  const [report, setReport] = useState<Report>();
  const [error, setError] = useState<unknown>(null);
  const verify = async () => {
    setBusy(true);
    setError(null);
    try {
      setReport(await call('GET /api/v1/audit/verification', {}));
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const close = () => {
    setReport(undefined);
    setError(null);
  };
  return (
    <>
      <Button icon={busy ? <Spinner size="tiny" /> : <ShieldCheckmarkRegular />} disabled={busy} onClick={verify}>
        {text.audit.verify}
      </Button>
      <SidePanel open={report !== undefined || error !== null} title={text.audit.seals} onClose={close}>
        <ProblemBar error={error} />
        {report && (
          <>
            <StatusBadge tone={report.whole ? 'good' : 'bad'}>
              {report.whole ? text.audit.whole : text.audit.broken(report.found)}
            </StatusBadge>
            <Facts
              facts={[
                [text.audit.sealedEvents, String(report.events)],
                [text.audit.unsealed, String(report.unsealed)],
                [text.audit.blocks, String(report.blocks)],
                [
                  text.audit.head,
                  report.head && <Copyable value={`${report.head.number}:${report.head.mac}`} what={text.audit.head} />,
                ],
              ]}
            />
            {report.findings.map(({ kind, block, event, detail }) => (
              <div key={`${kind}${block}${event?.id}${detail}`}>
                <StatusBadge tone="bad">{detail}</StatusBadge>
                {event?.at !== null && event?.at !== undefined && <ExactTime at={event.at} />}
              </div>
            ))}
          </>
        )}
      </SidePanel>
    </>
  );
}
