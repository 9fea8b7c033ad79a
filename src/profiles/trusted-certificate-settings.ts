import type { Platform } from '../directory/platform.ts';
import type { ApplicabilityRules } from './applicability-rules.ts';

/** One CA certificate for devices of one platform (intune-domain 3.1). */
export type TrustedCertificateSettings = {
  readonly platform: Platform;
  /** DER, base64. */
  readonly certificate: string;
  readonly certificateFileName: string;
  /** Windows only. */
  readonly destinationStore?: 'computerRoot' | 'computerIntermediate' | 'userIntermediate';
  /** macOS only. */
  readonly deploymentChannel?: 'device' | 'user';
  /** Windows 10 and later only. */
  readonly applicabilityRules?: ApplicabilityRules;
};
