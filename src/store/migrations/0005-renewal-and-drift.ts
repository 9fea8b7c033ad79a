import type { Migration } from './migration.ts';

/**
 * Since when and why a deployment is in its state, when its certificate is renewed, what of the directory it does not say;
 * and which certificates are to be revoked as superseded. The exact moments of renewal are known to the planner alone:
 * until every device has been reconciled, the threshold that profiles have by default counts. An application that writes
 * no moment would leave its certificates without renewal.
 *
 * Two indexes grow with every issuance, so both are in the order of time where it grows: states since when, and days of
 * renewal by certificates. In the order of moments, which are spread, each issuance would write a page of its own.
 */
export const renewalAndDrift: Migration = {
  number: 5,
  name: 'renewal-and-drift',
  oldestApplication: 5,
  sql: `
ALTER TABLE deployment ADD COLUMN state_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN state_cause TEXT;
ALTER TABLE deployment ADD COLUMN issued_expectation TEXT;
ALTER TABLE deployment ADD COLUMN withheld TEXT;
ALTER TABLE deployment ADD COLUMN drifted_at INTEGER;
ALTER TABLE deployment ADD COLUMN certificate_not_before INTEGER;
ALTER TABLE deployment ADD COLUMN certificate_not_after INTEGER;
ALTER TABLE deployment ADD COLUMN renew_at INTEGER;
ALTER TABLE deployment ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN edited_generation INTEGER;

UPDATE deployment SET state_since = updated_at;
UPDATE deployment SET
  certificate_not_before = (SELECT not_before FROM certificate WHERE certificate.id = current_certificate_id),
  certificate_not_after = (SELECT not_after FROM certificate WHERE certificate.id = current_certificate_id),
  renew_at = (SELECT CASE WHEN revoked_at IS NULL THEN not_after - (not_after - not_before) / 5 ELSE 0 END
    FROM certificate WHERE certificate.id = current_certificate_id)
WHERE current_certificate_id IS NOT NULL;
INSERT INTO dirty_device (device_id)
  SELECT DISTINCT device_id FROM deployment WHERE current_certificate_id IS NOT NULL ON CONFLICT DO NOTHING;

CREATE INDEX deployment_renewal ON deployment ((renew_at / 86400000), current_certificate_id, renew_at)
  WHERE renew_at IS NOT NULL AND wanted = 1 AND generation = issued_generation;
CREATE INDEX deployment_state ON deployment (profile_id, wanted, state, state_since, id);
CREATE INDEX deployment_user ON deployment (profile_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX deployment_drift ON deployment (profile_id, id) WHERE drifted_at IS NOT NULL;

ALTER TABLE certificate ADD COLUMN superseded_at INTEGER;
ALTER TABLE certificate ADD COLUMN revoke_at INTEGER;
ALTER TABLE certificate ADD COLUMN revoke_reason TEXT;
CREATE INDEX certificate_revoke_at ON certificate (revoke_at) WHERE revoke_at IS NOT NULL AND revoked_at IS NULL;

UPDATE profile SET settings = REPLACE(settings, '"caCertificates":',
  '"directoryChanges":"atRenewal","supersededCertificates":{"action":"leave","afterDays":7},"caCertificates":');
UPDATE profile_version SET settings = REPLACE(settings, '"caCertificates":',
  '"directoryChanges":"atRenewal","supersededCertificates":{"action":"leave","afterDays":7},"caCertificates":');
`,
};
