import { readChoice, readHex, readId, readList, readObject, readText } from './read-json.ts';

const outcomes = ['installed', 'failed', 'removed', 'missing'] as const;
const steps = ['request', 'submit', 'scep', 'install', 'remove'] as const;

/** What became of one deployment on the device. */
export type DeviceReport =
  /** In place: the certificate of a SCEP profile, or a trusted one. */
  | { readonly outcome: 'installed'; readonly deploymentId: string; readonly thumbprint256: string }
  | {
      readonly outcome: 'failed';
      readonly deploymentId: string;
      /** `request`: key or request could not be made; `submit`: no server was reached; `scep`: it answered FAILURE. */
      readonly step: (typeof steps)[number];
      /** Kebab-case. */
      readonly code: string;
      readonly detail: string;
    }
  | { readonly outcome: 'removed'; readonly deploymentId: string }
  /** It was in place and is gone, not by our doing. */
  | { readonly outcome: 'missing'; readonly deploymentId: string };

export type ReportRequest = { readonly reports: readonly DeviceReport[] };

export type ReportAnswer = {
  readonly recorded: number;
  /** Reports that concern nothing of this device. */
  readonly refused: readonly { readonly deploymentId: string; readonly reason: string }[];
};

export function parseReportRequest(value: unknown): ReportRequest {
  return { reports: readList(readObject(value, '').reports, 'reports', 1000, readReport) };
}

function readReport(value: unknown, path: string): DeviceReport {
  const object = readObject(value, path);
  const outcome = readChoice(object.outcome, `${path}.outcome`, outcomes);
  const deploymentId = readId(object.deploymentId, `${path}.deploymentId`);
  switch (outcome) {
    case 'installed':
      return { outcome, deploymentId, thumbprint256: readHex(object.thumbprint256, `${path}.thumbprint256`, 32) };
    case 'failed':
      return {
        outcome,
        deploymentId,
        step: readChoice(object.step, `${path}.step`, steps),
        code: readText(object.code, `${path}.code`, 64, { pattern: /^[a-z0-9-]+$/, shape: 'a kebab-case code' }),
        detail: readText(object.detail, `${path}.detail`, 1000),
      };
    default:
      return { outcome, deploymentId };
  }
}
